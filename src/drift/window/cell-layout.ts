/**
 * Where each counter of a window lives in one flat vector. Replicas with the same baseline have the same layout, so
 * merging their windows is adding their vectors.
 */
import {
  categoricalExtraCells,
  cellCount,
  numericExtraCells,
  type Baseline,
  type Distribution,
} from "../baseline/baseline.ts";
import { LayoutDigest } from "./layout-digest.ts";

/** What a distribution describes: a column of requests, what the model answered, or how sure it was. */
export type TargetKind = "feature" | "prediction" | "confidence";

/** One monitored distribution, and the place of its cells in a window's vector. */
export interface Target {
  readonly kind: TargetKind;
  /** Name of the feature; `prediction` or `confidence` else. */
  readonly name: string;
  readonly distribution: Distribution;
  /** Place of its first cell; its cells are in the order that {@link cellCount} describes. */
  readonly offset: number;
  readonly cells: number;
  /** Place of its first note, see {@link noteNames}. */
  readonly noteOffset: number;
}

/**
 * Counted in addition to the cells of each target, to say by name what changed: rows whose table had no such column, and
 * cells of another type than the baseline's: text for numbers, numbers for text, and booleans for either.
 */
export const noteNames = ["absent", "foreign", "boolean"] as const;

/** Targets that come together share a count of requests: features in requests, the other two in responses. */
export const groupNames = ["feature", "prediction", "confidence"] as const;

/** Per group: requests, Σr and Σr² of the rows r of each request. */
export const sumNames = ["requests", "rows", "squaredRows"] as const;

/** The whole vector: all cells, then {@link noteNames} of each target, then {@link sumNames} of each group. */
export interface CellLayout {
  /** Features in the order of the baseline, then the prediction and the confidence if it has them. */
  readonly targets: readonly Target[];
  /** Number of features: they are the first targets. */
  readonly features: number;
  /** Names of the baseline's features past `maxFeatures`; they are not monitored. */
  readonly unwatched: readonly string[];
  /** Place of the first of the sums. */
  readonly sumOffset: number;
  /** Numbers in a vector. */
  readonly length: number;
  /** Sixteen hexadecimal digits over names, edges and values: vectors are added only when these agree. */
  readonly digest: string;
}

/** Lays out the cells of a baseline; features past `maxFeatures` are left out and counted. O(its edges and values). */
export function layOutCells(baseline: Baseline, maxFeatures: number): CellLayout {
  const features = baseline.features.slice(0, maxFeatures);
  const watched: { kind: TargetKind; name: string; distribution: Distribution }[] = features.map((distribution) => ({
    kind: "feature",
    name: distribution.name,
    distribution,
  }));
  const { prediction, confidence } = baseline;
  if (prediction !== undefined) watched.push({ kind: "prediction", name: "prediction", distribution: prediction });
  if (confidence !== undefined) watched.push({ kind: "confidence", name: "confidence", distribution: confidence });

  const digest = new LayoutDigest();
  const cellTotal = watched.reduce((sum, { distribution }) => sum + cellCount(distribution), 0);
  const targets: Target[] = [];
  let offset = 0;
  for (const { kind, name, distribution } of watched) {
    const cells = cellCount(distribution);
    targets.push({
      kind,
      name,
      distribution,
      offset,
      cells,
      noteOffset: cellTotal + targets.length * noteNames.length,
    });
    offset += cells;
    digest.addText(kind);
    addDistribution(digest, distribution);
  }
  const sumOffset = cellTotal + targets.length * noteNames.length;
  return {
    targets,
    features: features.length,
    unwatched: baseline.features.slice(maxFeatures).map(({ name }) => name),
    sumOffset,
    length: sumOffset + groupNames.length * sumNames.length,
    digest: digest.text(),
  };
}

/** Place of the first of the {@link sumNames} of a group. */
export function groupOffset(layout: CellLayout, group: TargetKind): number {
  return layout.sumOffset + groupNames.indexOf(group) * sumNames.length;
}

/** Counts of the baseline in the order of the cells; none of its rows is below, above or new. */
export function baselineCells(distribution: Distribution): Float64Array {
  const cells = new Float64Array(cellCount(distribution));
  cells.set(distribution.counts);
  const bins = distribution.counts.length;
  switch (distribution.kind) {
    case "numeric":
      cells[bins + numericExtraCells.indexOf("missing")] = distribution.missing;
      cells[bins + numericExtraCells.indexOf("invalid")] = distribution.invalid;
      break;
    case "categorical":
      cells[bins + categoricalExtraCells.indexOf("other")] = distribution.other;
      cells[bins + categoricalExtraCells.indexOf("missing")] = distribution.missing;
  }
  return cells;
}

/** Adds one vector to another of the same layout; the length of the first counts. O(cells). */
export function addVector(into: Float64Array, from: Float64Array): void {
  for (let cell = 0; cell < into.length; cell++) into[cell]! += from[cell]!;
}

/** Everything that decides into which cell a value is counted. */
function addDistribution(digest: LayoutDigest, distribution: Distribution): void {
  digest.addText(distribution.kind);
  digest.addText(distribution.name);
  switch (distribution.kind) {
    case "numeric":
      digest.addNumbers(distribution.edges);
      break;
    case "categorical":
      digest.addTexts(distribution.values);
      digest.addTexts(distribution.isRareComplete ? distribution.rareValues : []);
      digest.addText(distribution.isRareComplete ? "complete" : "open");
  }
}
