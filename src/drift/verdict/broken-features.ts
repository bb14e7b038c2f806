/** Features that are absent or of another type. They need neither a statistic nor a second window. */
import { noteNames, type CellLayout, type Target } from "../window/cell-layout.ts";
import { findChanges } from "./changes.ts";
import { groupSize, type WindowCounts } from "../window/window-counts.ts";

/** Share of the baseline's rows with a valid value: a feature below it may be absent or odd by chance. */
const minSoundShare = 0.5;

/**
 * Indices of the targets whose column was absent from every row of a window, or whose values were of another type in
 * at least half of them. Features without a valid value in most rows of the baseline are left to the statistics. Empty
 * for a window without rows of features. O(features).
 */
export function brokenFeatures(layout: CellLayout, counts: WindowCounts): ReadonlySet<number> {
  const { rows } = groupSize(layout, "feature", counts.vector);
  if (!(rows > 0)) return new Set();
  const retyped = new Set(findChanges(layout, counts).retyped.map(({ name }) => name));
  const broken = new Set<number>();
  for (const [place, target] of layout.targets.slice(0, layout.features).entries()) {
    const absent = counts.vector[target.noteOffset + noteNames.indexOf("absent")]!;
    if ((absent >= rows || retyped.has(target.name)) && isMostlySound(target)) broken.add(place);
  }
  return broken;
}

function isMostlySound({ distribution }: Target): boolean {
  const isNumeric = distribution.kind === "numeric";
  const sound = distribution.counts.reduce((sum, rows) => sum + rows, isNumeric ? 0 : distribution.other);
  const unsound = distribution.missing + (isNumeric ? distribution.invalid : 0);
  return sound > minSoundShare * (sound + unsound);
}
