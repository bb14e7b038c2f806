/** Durations counted into the buckets that Prometheus sees, and, if requested, into an HDR histogram. */
import { cellOf, createLatencyHdr, maxUs, lowestOf, recordLatency, type LatencyHdr } from "./latency-hdr.ts";

/** Upper edges of buckets, ascending, as they are exposed and as they are compared. */
export interface BucketEdges {
  /** As in the `le` label. */
  readonly seconds: readonly number[];
  /** The same in whole microseconds, so that a value of exactly an edge is counted under it. */
  readonly microseconds: Float64Array;
  /**
   * For each HDR cell the first edge that is not below the cell's lowest value: where the search for a bucket begins.
   */
  readonly firstOfCell: Uint8Array;
}

/** Edges from seconds; every edge must be a whole number of microseconds up to {@link maxUs}. */
export function bucketEdges(seconds: readonly number[]): BucketEdges {
  const microseconds = Float64Array.from(seconds, (edge) => Math.round(edge * 1e6));
  let first = 0;
  const firstOfCell = Uint8Array.from({ length: cellOf(maxUs) + 1 }, (_, cell) => {
    while (first < microseconds.length && microseconds[first]! < lowestOf(cell)) first++;
    return first;
  });
  return { seconds, microseconds, firstOfCell };
}

/**
 * Counts, sum and (if `withHdr`) an HDR histogram of durations. The buckets are counted as the values arrive and not
 * derived from the HDR cells, because a cell near 0.2 s is 1 ms wide and straddles the edge: 0.2 s itself must be
 * counted under `le="0.2"` and 0.200001 s must not.
 *
 * Memory: 250 bytes and 28 KB with HDR.
 */
export class DurationHistogram {
  readonly edges: BucketEdges;
  readonly hdr: LatencyHdr | undefined;
  /** Sum of all values, microseconds; exact up to 2^53. */
  sumUs = 0;
  readonly #counts: Float64Array;

  constructor(edges: BucketEdges, withHdr: boolean) {
    this.edges = edges;
    this.hdr = withHdr ? createLatencyHdr() : undefined;
    this.#counts = new Float64Array(edges.seconds.length + 1);
  }

  /** Counts one duration of whole microseconds. Costs about 5 ns, 15 with HDR; allocates nothing. */
  observe(us: number): void {
    const counts = this.#counts;
    const bucket = bucketOf(this.edges, us);
    counts[bucket]! += 1;
    this.sumUs += us;
    if (this.hdr !== undefined) recordLatency(this.hdr, us);
  }

  /** Number of values at or below each edge, then of all values. */
  cumulative(): readonly number[] {
    let total = 0;
    return Array.from(this.#counts, (count) => (total += count));
  }
}

/**
 * Index of the first edge that is not below the value; the number of edges when all are. A table by HDR cell instead of
 * a binary search: durations are random enough to make every branch of a search a wrong guess.
 */
function bucketOf({ microseconds, firstOfCell }: BucketEdges, us: number): number {
  if (us > maxUs) return microseconds.length;
  let bucket = firstOfCell[cellOf(us)]!;
  while (microseconds[bucket]! < us) bucket++;
  return bucket;
}
