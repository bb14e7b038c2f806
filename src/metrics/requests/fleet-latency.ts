/**
 * Latency histograms as plain counts that replicas add up: one number for each cell of a {@link LatencyHdr}. A window's
 * counts are what a histogram has now minus what it had when the window began, so the histogram itself continues for the
 * life of the process.
 */
import { cellOf, createLatencyHdr, type LatencyHdr, maxUs, lowestOf } from "./latency-hdr.ts";

/** Cells of a latency histogram, about 3,400; two hours is in the last one. */
export const latencyCells: number = cellOf(maxUs) + 1;

/** A histogram's counts, cell by cell: a copy, to be kept as the start of a window. 27 KB, 5 µs. */
export function latencyCounts(hdr: LatencyHdr): Float64Array {
  const counts = new Float64Array(latencyCells);
  if (hdr.totalCount === 0) return counts;
  const last = cellOf(hdr.maxValue);
  for (let cell = 0; cell <= last; cell++) counts[cell] = hdr.getCountAtIndex(cell);
  return counts;
}

/**
 * Counts that a histogram has recorded since `start` was taken by {@link latencyCounts}; everything when there is no
 * start. Never negative: a histogram that was cleared since counts from 0.
 */
export function latencyCountsSince(hdr: LatencyHdr, start: Float64Array | undefined): Float64Array {
  const counts = latencyCounts(hdr);
  if (start === undefined) return counts;
  for (let cell = 0; cell < latencyCells; cell++) {
    counts[cell] = Math.max(0, counts[cell]! - start[cell]!);
  }
  return counts;
}

/**
 * The histogram with these counts, for quantiles and for `addLatencies`. Its largest value is the end of the last
 * cell that is not empty. Undefined for invalid counts: another number of cells, or a count that is not a whole number
 * of at least 0.
 */
export function latencyHdrOf(counts: Float64Array): LatencyHdr | undefined {
  if (counts.length !== latencyCells) return undefined;
  const hdr = createLatencyHdr();
  let total = 0;
  for (let cell = 0; cell < latencyCells; cell++) {
    const count = counts[cell]!;
    if (count === 0) continue;
    if (!Number.isSafeInteger(count) || count < 0) return undefined;
    hdr.addToCountAtIndex(cell, count);
    total += count;
    hdr.maxValue = Math.min(maxUs, lowestOf(cell + 1) - 1);
  }
  hdr.setTotalCount(total);
  return hdr;
}

/** A quantile in seconds (`part` from 0 to 1); NaN without values. At most 0.8 % too high. */
export function latencyQuantileSeconds(hdr: LatencyHdr, part: number): number {
  return hdr.totalCount === 0 ? Number.NaN : hdr.getValueAtPercentile(part * 100) / 1e6;
}
