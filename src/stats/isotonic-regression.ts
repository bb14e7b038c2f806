import { requireLength } from "./cell-counts.ts";

/** A non-decreasing map through the points (x[i], y[i]), x strictly ascending. */
export interface Isotonic {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** Points pooled to one level: from the smallest to the largest x, their weight and weighted mean. */
interface Block {
  readonly from: number;
  to: number;
  weight: number;
  mean: number;
}

/**
 * The non-decreasing map closest to the points in weighted least squares, e.g. from the confidence that a model reports
 * to how often it was right. Points need not be sorted; those with the same x are averaged first. Each level is kept
 * as its two ends, so the map has at most two knots a level. Points with a weight of 0 or less and points that
 * are not finite are left out; without any the map has no knots. O(n log n).
 *
 * Source: pool adjacent violators, Ayer et al., An empirical distribution function for sampling with incomplete
 * information (1955); as calibration: Zadrozny and Elkan (2002).
 */
export function fitIsotonic(x: ArrayLike<number>, y: ArrayLike<number>, weights?: ArrayLike<number>): Isotonic {
  requireLength(y, x.length);
  if (weights !== undefined) requireLength(weights, x.length);
  const blocks: Block[] = [];
  for (const point of averageTies(sortedPoints(x, y, weights))) {
    blocks.push(point);
    poolViolators(blocks);
  }
  const knots: { x: number[]; y: number[] } = { x: [], y: [] };
  for (const block of blocks) {
    knots.x.push(block.from);
    knots.y.push(block.mean);
    if (block.to === block.from) continue;
    knots.x.push(block.to);
    knots.y.push(block.mean);
  }
  return knots;
}

/**
 * The map's value at a point: linear between knots, constant outside. A map without knots changes nothing: it gives the
 * point itself. NaN gives the first knot's value. O(log knots).
 */
export function evaluateIsotonic(map: Isotonic, at: number): number {
  const last = map.x.length - 1;
  if (last < 0) return at;
  if (!(at > map.x[0]!)) return map.y[0]!;
  if (at >= map.x[last]!) return map.y[last]!;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (map.x[middle]! <= at) low = middle;
    else high = middle;
  }
  return interpolate(map, low, at);
}

function interpolate(map: Isotonic, low: number, at: number): number {
  const x = map.x[low]!;
  const y = map.y[low]!;
  const nextY = map.y[low + 1]!;
  const part = (at - x) / (map.x[low + 1]! - x);
  // Rounding must not carry it over the next knot: the map would not be monotone there.
  return Math.min(nextY, y + (nextY - y) * part);
}

function sortedPoints(x: ArrayLike<number>, y: ArrayLike<number>, weights: ArrayLike<number> | undefined): Block[] {
  const points: Block[] = [];
  for (let i = 0; i < x.length; i++) {
    const from = x[i]!;
    const mean = y[i]!;
    const weight = weights === undefined ? 1 : weights[i]!;
    if (!Number.isFinite(from) || !Number.isFinite(mean) || !(weight > 0)) continue;
    points.push({ from, to: from, weight, mean });
  }
  return points.sort((a, b) => a.from - b.from);
}

function averageTies(points: readonly Block[]): Block[] {
  const distinct: Block[] = [];
  for (const point of points) {
    const last = distinct.at(-1);
    if (last?.from === point.from) pool(last, point);
    else distinct.push(point);
  }
  return distinct;
}

/** Pools the last block into those before it until the means strictly ascend. */
function poolViolators(blocks: Block[]): void {
  while (blocks.length > 1) {
    const last = blocks.at(-1);
    const before = blocks.at(-2);
    if (last === undefined || before === undefined || before.mean < last.mean) return;
    pool(before, last);
    blocks.pop();
  }
}

function pool(into: Block, block: Block): void {
  const weight = into.weight + block.weight;
  into.mean += (block.mean - into.mean) * (block.weight / weight);
  into.weight = weight;
  into.to = block.to;
}
