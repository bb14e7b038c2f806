/** Delays of labels, as counts in bins that replicas add up. */

/** Bins of {@link delayBin}: below 0.125 s, then four for each doubling, up to 36 days and above. */
export const delayBinCount = 102;

const binsPerDoubling = 4;
/** Log2 of the shortest delay that is distinguished, seconds. */
const minLog = -3;

/** The bin of a delay; negative and NaN count as 0. */
export function delayBin(seconds: number): number {
  const place = Math.floor((Math.log2(seconds) - minLog) * binsPerDoubling) + 1;
  return place > 0 ? Math.min(delayBinCount - 1, place) : 0;
}

/**
 * A quantile of the delays in seconds (`part` from 0 to 1), at most 9 % off; 0 for less than 0.125 s. Undefined
 * without labels.
 */
export function delayQuantile(counts: ArrayLike<number>, part: number): number | undefined {
  let total = 0;
  for (let bin = 0; bin < counts.length; bin++) total += counts[bin]!;
  if (total === 0) return undefined;
  let bin = 0;
  let seen = counts[0]!;
  while (seen < part * total && bin < counts.length - 1) seen += counts[++bin]!;
  return bin === 0 ? 0 : 2 ** (minLog + (bin - 0.5) / binsPerDoubling);
}
