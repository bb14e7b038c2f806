/** Features that do not come as what they were: no statistic and no second window is needed to know that. */
import { noteNames, type CellLayout, type Target } from "../window/cell-layout.ts";
import { findChanges } from "./changes.ts";
import { groupSize, type WindowCounts } from "../window/window-counts.ts";

/** Part of the baseline's rows that had a sound value: a feature that is rarer may be away, or odd, by chance. */
const minSoundShare = 0.5;

/**
 * Places of features that no row of a window had a column for, or whose values were of another type in half of its
 * rows or more. Left to the statistics, and to persistence, are features that had no value, or none of their own type,
 * in most rows of the baseline. None for a window without rows of features. O(features).
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
