/**
 * Adjusts p-values of many tests for the false discovery rate: of those with an adjusted value ≤ q, on average at
 * most a share q are false alarms, for tests that are independent or positively dependent. The result is in the order
 * of the input, each value at least its p and at most 1, and in the same ranking. NaN counts as 1, a p outside 0 to 1
 * as the nearer end. O(n log n).
 *
 * Source: Benjamini and Hochberg, Controlling the false discovery rate (1995); adjusted values after Yekutieli and
 * Benjamini (1999).
 */
export function benjaminiHochberg(pValues: ArrayLike<number>): Float64Array {
  const bounded = Float64Array.from(pValues, bound);
  const tests = bounded.length;
  const ascending = Uint32Array.from(bounded, (_, i) => i).sort((a, b) => bounded[a]! - bounded[b]!);
  const adjusted = new Float64Array(tests);
  let smallest = 1;
  for (let rank = tests; rank >= 1; rank--) {
    const test = ascending[rank - 1]!;
    smallest = Math.min(smallest, (bounded[test]! * tests) / rank);
    adjusted[test] = smallest;
  }
  return adjusted;
}

function bound(p: number): number {
  return Number.isNaN(p) ? 1 : Math.min(1, Math.max(0, p));
}
