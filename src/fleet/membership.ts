/**
 * Notices replicas that went without a goodbye. Clocks of pods differ, so no replica's time is compared with another's:
 * what counts is for how long the watcher itself has seen no new sign of life.
 */
import { type KnownReplica, type Replica, stateLimits } from "./store.ts";

/** A replica that stopped writing without a goodbye: what it counted after `lastSeenMs` is lost, unless it returns. */
export interface Gap extends Replica {
  /** Its last sign of life, by its own clock. */
  readonly lastSeenMs: number;
  /** When this replica noticed, by the clock of the caller. */
  readonly noticedAtMs: number;
  /** It was not dead after all (a partition, a long pause): nothing is lost, because it writes absolute counts. */
  readonly hasReturned: boolean;
}

/** Without a sign of life for more than this many flush intervals, a replica is a gap. */
const silentIntervals = 3;
/** A look after a long pause (the store was down) says nothing about the time between: it counts as this much. */
const maxIntervalsALook = 2;

/** Gaps that are remembered, and for how long. */
export const gapLimits = { count: 100, ageMs: 3_600_000 } as const;

interface Watched {
  replica: KnownReplica;
  silentMs: number;
  gap: Gap | undefined;
}

/** Replicas that are watched; those that the store has forgotten stay for a while. */
const maxWatched = 2 * stateLimits.replicas;

/** What one replica knows of the others: at most 2,000 of them, and {@link gapLimits} gaps. */
export class Membership {
  readonly #watched = new Map<string, Watched>();
  readonly #gaps = new Map<string, Gap>();
  #lastLookMs: number | undefined;
  #lostTotal = 0;

  /** Replicas that live, as far as is known: neither gone nor silent. */
  get living(): readonly KnownReplica[] {
    return [...this.#watched.values()].filter(({ gap }) => gap === undefined).map(({ replica }) => replica);
  }

  /** Oldest first. */
  get gaps(): readonly Gap[] {
    return [...this.#gaps.values()];
  }

  /** Gaps noticed since the start, returned ones among them. */
  get lostTotal(): number {
    return this.#lostTotal;
  }

  /**
   * Looks at what the store knows.
   *
   * @param monotonicMs a clock that never jumps, for how long a replica is silent
   * @param wallMs what {@link Gap.noticedAtMs} says
   */
  look(known: readonly KnownReplica[], monotonicMs: number, wallMs: number): void {
    const sinceLastMs = this.#lastLookMs === undefined ? 0 : monotonicMs - this.#lastLookMs;
    this.#lastLookMs = monotonicMs;
    const silent = new Set(this.#watched.keys());
    for (const replica of known) if (this.#see(replica)) silent.delete(replica.replicaId);
    // Silent ones are those that are not new in any way, and those that the store has forgotten (it was flushed).
    for (const id of silent) this.#passTime(id, sinceLastMs, wallMs);
    this.#forget(wallMs);
  }

  /** True when this is news. */
  #see(replica: KnownReplica): boolean {
    const { replicaId } = replica;
    const watched = this.#watched.get(replicaId);
    if (replica.hasLeft) {
      this.#watched.delete(replicaId);
      this.#markReturned(replicaId);
      return true;
    }
    if (watched?.replica.sequence === replica.sequence) return false;
    this.#markReturned(replicaId);
    if (watched === undefined && this.#watched.size >= maxWatched) return true;
    this.#watched.set(replicaId, { replica, silentMs: 0, gap: undefined });
    return true;
  }

  #passTime(replicaId: string, sinceLastMs: number, wallMs: number): void {
    const watched = this.#watched.get(replicaId);
    if (watched === undefined) return;
    const { flushMs } = watched.replica;
    watched.silentMs += Math.min(sinceLastMs, maxIntervalsALook * flushMs);
    if (watched.gap !== undefined || watched.silentMs <= silentIntervals * flushMs) return;
    const { startedAtMs, address, seenAtMs } = watched.replica;
    watched.gap = {
      replicaId,
      startedAtMs,
      address,
      flushMs,
      lastSeenMs: seenAtMs,
      noticedAtMs: wallMs,
      hasReturned: false,
    };
    this.#gaps.set(replicaId, watched.gap);
    this.#lostTotal++;
  }

  #markReturned(replicaId: string): void {
    const gap = this.#gaps.get(replicaId);
    if (gap !== undefined) this.#gaps.set(replicaId, { ...gap, hasReturned: true });
  }

  #forget(wallMs: number): void {
    for (const [id, gap] of this.#gaps) {
      const isOld = wallMs - gap.noticedAtMs > gapLimits.ageMs;
      if (!isOld && this.#gaps.size <= gapLimits.count) continue;
      this.#gaps.delete(id);
    }
    // Kept for longer than the store keeps it: else its record there would make it a gap once more.
    for (const [id, { gap }] of this.#watched) {
      const isLongGone = gap !== undefined && wallMs - gap.noticedAtMs > 2 * gapLimits.ageMs;
      if (isLongGone) this.#watched.delete(id);
    }
  }
}
