/**
 * HDR histograms of durations in whole microseconds: hdr-histogram-js keeps the counts and answers quantiles, this file
 * finds the cell.
 *
 * Two significant digits: a quantile is never below the true one and at most 1/128 (0.8 %) above it. A histogram up to
 * two hours then takes 28 KB with 64-bit counts (14 KB with 32-bit ones); three digits would take 200 KB for 0.1 %, and
 * a hundred models would fill a third of the memory that the whole process may use.
 */
// These deep paths leave out the library's WebAssembly and pako parts: 0.5 MB of resident memory instead of 13.
import type { JsHistogram } from "hdr-histogram-js/dist/JsHistogram.js";
import { constructorFromBucketSize } from "hdr-histogram-js/dist/JsHistogramFactory.js";

const Float64Histogram = constructorFromBucketSize(64);
const Int32Histogram = constructorFromBucketSize(32);

/**
 * A histogram of whole microseconds, see {@link createLatencyHdr}. Record with {@link recordLatency}, not with
 * `recordValue`.
 */
export type LatencyHdr = JsHistogram;

/** Longest duration, microseconds: two hours. Longer ones are recorded as this. */
export const maxUs = 7_200_000_000;

const significantDigits = 2;

/** A histogram for the life of the process: counts are exact up to 2^53. */
export const createLatencyHdr = (): LatencyHdr => new Float64Histogram(1, maxUs, significantDigits);

/** A histogram for seconds of traffic, at half the memory: counts are exact up to 2^32. */
export const createShortLatencyHdr = (): LatencyHdr => new Int32Histogram(1, maxUs, significantDigits);

/** Cells of the linear part: 2 digits need 200 cells, rounded up to a power of two. */
const linearCells = 256;
const halfCells = linearCells / 2;

/**
 * Index of the cell that holds a value: the library's own `countsArrayIndex` with integer operations, 3 ns instead of
 * 100 (the library takes a logarithm and two powers for each value).
 *
 * @param us whole microseconds, 0 to {@link maxUs}
 */
export function cellOf(us: number): number {
  if (us < linearCells) return us;
  if (us < 4_294_967_296) {
    const doubling = 24 - Math.clz32(us);
    return doubling * halfCells + (us >>> doubling);
  }
  // maxUs is below 2^33, so all values past 32 bits are in one doubling.
  return 25 * halfCells + Math.floor(us / 33_554_432);
}

/** Lowest value in a cell, microseconds: the inverse of {@link cellOf}. */
export function lowestOf(cell: number): number {
  if (cell < linearCells) return cell;
  const doubling = Math.floor(cell / halfCells) - 1;
  return ((cell % halfCells) + halfCells) * 2 ** doubling;
}

/** Records one duration. Costs about 8 ns and allocates nothing. */
export function recordLatency(hdr: LatencyHdr, us: number): void {
  const value = us > maxUs ? maxUs : us;
  hdr.incrementCountAtIndex(cellOf(value));
  hdr.incrementTotalCount();
  if (value > hdr.maxValue) hdr.maxValue = value;
}

/**
 * Adds all that `source` has recorded to `target`. Goes through the cells up to the longest duration, 1 ns each: the
 * library's own `add` reads all 3,400, empty or not.
 */
export function addLatencies(target: LatencyHdr, source: LatencyHdr): void {
  if (source.totalCount === 0) return;
  const last = cellOf(source.maxValue);
  for (let cell = 0; cell <= last; cell++) {
    const count = source.getCountAtIndex(cell);
    if (count > 0) target.addToCountAtIndex(cell, count);
  }
  target.setTotalCount(target.totalCount + source.totalCount);
  if (source.maxValue > target.maxValue) target.maxValue = source.maxValue;
}

/**
 * Whole microseconds of a duration in milliseconds, rounded to the nearest. NaN and negative durations (a clock that
 * misbehaved) become 0. All counts, sums and quantiles of one observation come from this one number.
 */
export function wholeMicroseconds(milliseconds: number): number {
  const us = milliseconds * 1000 + 0.5;
  // Below 36 minutes as a small integer, which spares every function down the line a number on the heap.
  if (us < 2_147_483_648) return us > 0 ? us | 0 : 0;
  return us >= 2_147_483_648 ? Math.floor(us) : 0;
}
