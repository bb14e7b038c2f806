import { binOf } from "../sketch/bin-of.ts";
import type { NumericDistribution } from "./baseline.ts";

/**
 * How many of a distribution's finite values are below each of these numbers, as if they were spread evenly within
 * their bins; exact at its own edges. `at` ascends. O(bins + log bins for each number).
 */
export function massBelow({ edges, counts }: NumericDistribution, at: readonly number[]): readonly number[] {
  const sums = [0];
  for (const count of counts) sums.push((sums.at(-1) ?? 0) + count);
  const sorted = Float64Array.from(edges);
  return at.map((value) => {
    const bin = binOf(sorted, value);
    if (bin < 0) return 0;
    if (bin >= counts.length) return sums.at(-1) ?? 0;
    const low = edges[bin] ?? 0;
    const high = edges[bin + 1] ?? 0;
    // Halves: the width of a bin may be more than the largest number.
    const part = (value / 2 - low / 2) / (high / 2 - low / 2);
    return (sums[bin] ?? 0) + (counts[bin] ?? 0) * Math.min(1, part);
  });
}
