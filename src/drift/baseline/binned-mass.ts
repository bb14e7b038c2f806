import { binOf } from "../../sketch/bin-of.ts";
import type { NumericDistribution } from "./baseline.ts";

/** Highest power of a tail: a higher one would put all rows of an outermost bin at its inner end. */
const maxTailPower = 8;

/**
 * How many of a distribution's finite values are below each of these numbers; exact at its own edges. Within a bin the
 * values are taken to be spread evenly, in the outermost ones falling off towards the far end, from the density of the
 * bin next to them. O(bins + log bins for each number).
 */
export function massBelow(distribution: NumericDistribution, at: readonly number[]): readonly number[] {
  const { edges, counts } = distribution;
  const sums = [0];
  for (const count of counts) sums.push((sums.at(-1) ?? 0) + count);
  const sorted = Float64Array.from(edges);
  const last = counts.length - 1;
  const lowTail = tailPower(distribution, 0, 1);
  const highTail = tailPower(distribution, last, last - 1);
  return at.map((value) => {
    const bin = binOf(sorted, value);
    if (bin < 0) return 0;
    if (bin > last) return sums.at(-1) ?? 0;
    const part = partBelow(value, edges[bin]!, edges[bin + 1]!);
    const filled = bin === 0 ? part ** lowTail : bin === last ? 1 - (1 - part) ** highTail : part;
    return sums[bin]! + counts[bin]! * filled;
  });
}

function partBelow(value: number, low: number, high: number): number {
  if (value <= low) return 0;
  if (value >= high) return 1;
  // Halves where the width is more than the largest number; a bin of one value has none between its edges.
  const width = high - low;
  return width < Infinity ? (value - low) / width : (value / 2 - low / 2) / (high / 2 - low / 2);
}

/** The power of the distance from the far end with which an outermost bin fills; 1 is evenly. */
function tailPower({ edges, counts }: NumericDistribution, outer: number, inner: number): number {
  const width = (bin: number): number => edges[bin + 1]! - edges[bin]!;
  const ratio = ((counts[inner] ?? 0) / width(inner) / (counts[outer] ?? 0)) * width(outer);
  return ratio > 1 ? Math.min(maxTailPower, ratio) : 1;
}
