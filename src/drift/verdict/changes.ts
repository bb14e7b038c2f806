/** Changes in the shape of the data, by column name. They need no statistic. */
import { noteNames, type CellLayout, type Target } from "../window/cell-layout.ts";
import type { SeenNames } from "../window/seen-names.ts";
import { groupSize, type WindowCounts } from "../window/window-counts.ts";

/** A feature whose values have another type than in the baseline. */
export interface RetypedFeature {
  readonly name: string;
  readonly was: "numbers" | "words";
  readonly came_as: "text" | "numbers" | "booleans";
  /** Part of the rows that had it, 0 to 1. */
  readonly share: number;
}

/** Changes of the data's shape in one window. JSON-able. */
export interface ShapeChanges {
  /** Features of the baseline that most rows had no column for. */
  readonly absent: readonly string[];
  /** Columns that the baseline does not have, most frequent first. */
  readonly unknown: SeenNames["unknownColumns"];
  /** Unknown columns left out because there were too many, counted in each request. */
  readonly unknown_dropped: number;
  readonly retyped: readonly RetypedFeature[];
}

/** Share of the rows from which on a change is reported: a single odd client is not enough. */
const minShare = 0.5;

/** Finds the changes in a window's counts; none for an empty vector. */
export function findChanges(layout: CellLayout, { vector, names }: WindowCounts): ShapeChanges {
  const { rows } = groupSize(layout, "feature", vector);
  const features = rows > 0 ? layout.targets.slice(0, layout.features) : [];
  const noted = (target: Target, note: (typeof noteNames)[number]): number =>
    vector[target.noteOffset + noteNames.indexOf(note)]! / rows;
  const retyped = features.flatMap((target) => {
    const foreign = retypedBy(target, "foreign", noted(target, "foreign"));
    return foreign ?? retypedBy(target, "boolean", noted(target, "boolean")) ?? [];
  });
  const met = names.names();
  return {
    absent: features.filter((target) => noted(target, "absent") >= minShare).map(({ name }) => name),
    unknown: [...met.unknownColumns].sort((one, other) => other.rows - one.rows),
    unknown_dropped: met.droppedColumns,
    retyped,
  };
}

function retypedBy(
  { name, distribution }: Target,
  note: "foreign" | "boolean",
  share: number,
): RetypedFeature | undefined {
  if (share < minShare) return undefined;
  if (distribution.kind === "numeric") {
    return { name, was: "numbers", came_as: note === "foreign" ? "text" : "booleans", share };
  }
  // The values of a categorical feature are words, whatever they were: codes like "7" and "true" may have been numbers and booleans.
  const isUsual = note === "foreign" ? isNumberWord : isBooleanWord;
  if (distribution.values.length === 0 || distribution.values.some(isUsual)) return undefined;
  return { name, was: "words", came_as: note === "foreign" ? "numbers" : "booleans", share };
}

function isNumberWord(word: string): boolean {
  return word.trim() !== "" && Number.isFinite(Number(word));
}

function isBooleanWord(word: string): boolean {
  return word === "true" || word === "false";
}
