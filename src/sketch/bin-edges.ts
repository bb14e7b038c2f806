import { nextDown, nextUp } from "./next-up.ts";
import type { ValueMasses } from "./value-sample.ts";

/** Bins of a column whose values are all different. */
const usualBins = 20;

/**
 * Edges of the bins of a column: 20 bins of equal mass. A value that holds more than a 20th of it has its own bin,
 * `[v, nextUp(v))`, or `[v, w)` when the next value seen, w, has one too; so no bin is empty.
 *
 * `seen` are the different values, or those of a sample; `smallest` and `largest` are the true ends.
 * The result ascends strictly from the smallest value to the largest, or to nextUp of the largest when that has a bin
 * of its own; it is empty without values. O(values).
 */
export function binEdges(seen: ValueMasses, smallest: number, largest: number): number[] {
  const { values, masses, total } = seen;
  if (values.length === 0) return [];
  if (smallest === Number.MAX_VALUE) return [nextDown(smallest), smallest];
  const edges: number[] = [smallest];
  let below = 0;
  let quantile = 1;
  let isAfterHeavy = false;
  let before = smallest;
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    const mass = masses[index]!;
    const isCut = below * usualBins >= quantile * total;
    const isHeavy = mass * usualBins > total && value !== Number.MAX_VALUE;
    if (isHeavy) pushAbove(edges, value);
    else if (isAfterHeavy) pushAbove(edges, nextUp(before));
    else if (isCut && value < largest) pushAbove(edges, value);
    if (isCut) quantile = Math.floor((below * usualBins) / total) + 1;
    below += mass;
    before = value;
    isAfterHeavy = isHeavy;
  }
  if (isAfterHeavy) pushAbove(edges, nextUp(before));
  pushAbove(edges, largest);
  return edges;
}

function pushAbove(edges: number[], value: number): void {
  if (value > edges.at(-1)!) edges.push(value);
}
