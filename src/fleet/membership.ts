/**
 * Who is in the fleet, and which replicas were lost. Clocks of pods differ, so no replica's time is compared with
 * another's: a replica is lost when this one has seen no new heartbeat of it for long enough.
 */
import { type KnownReplica, type Replica, stateLimits } from "./store.ts";

/** A replica that stopped writing and did not leave: its counts after `lastSeenMs` are lost, unless it returns. */
export interface Gap extends Replica {
  /** Its last heartbeat, by its own clock. */
  readonly lastSeenMs: number;
  /** When this replica noticed, by its own clock. */
  readonly noticedAtMs: number;
  /** It came back (after a partition, a long pause): nothing is lost, because it writes absolute counts. */
  readonly hasReturned: boolean;
}

/** Without a heartbeat for more than this many flush intervals, a replica is a gap. */
const silentIntervals = 3;
/** An update after a long pause (the store was down) says nothing about the time between: it counts as at most this. */
const maxIntervalsPerUpdate = 2;

/** Maximum number of gaps kept, and for how long. */
export const gapLimits = { count: 100, ageMs: 3_600_000 } as const;

interface Member {
  replica: KnownReplica;
  silentMs: number;
  gap: Gap | undefined;
}

/** Maximum number of members; those that the store has forgotten stay for a while. */
const maxMembers = 2 * stateLimits.replicas;

/** What one replica knows about the others: at most 2,000 members, and {@link gapLimits} gaps. */
export class Membership {
  readonly #members = new Map<string, Member>();
  readonly #gaps = new Map<string, Gap>();
  #lastUpdateMs: number | undefined;
  #lostTotal = 0;

  /** Members that neither left nor fell silent. */
  get living(): readonly KnownReplica[] {
    return [...this.#members.values()].filter(({ gap }) => gap === undefined).map(({ replica }) => replica);
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
   * Takes over what the store returned for a heartbeat.
   *
   * @param monotonicMs a clock that never jumps, for how long a replica is silent
   * @param wallMs what {@link Gap.noticedAtMs} says
   */
  update(known: readonly KnownReplica[], monotonicMs: number, wallMs: number): void {
    const sinceLastMs = this.#lastUpdateMs === undefined ? 0 : monotonicMs - this.#lastUpdateMs;
    this.#lastUpdateMs = monotonicMs;
    const silent = new Set(this.#members.keys());
    for (const replica of known) if (this.#see(replica)) silent.delete(replica.replicaId);
    // Silent: no new heartbeat, or forgotten by the store (it was flushed).
    for (const id of silent) this.#addSilence(id, sinceLastMs, wallMs);
    this.#forget(wallMs);
  }

  /** True for a new heartbeat, or a new leave. */
  #see(replica: KnownReplica): boolean {
    const { replicaId } = replica;
    const member = this.#members.get(replicaId);
    if (replica.hasLeft) {
      this.#members.delete(replicaId);
      this.#markReturned(replicaId);
      return true;
    }
    if (member?.replica.sequence === replica.sequence) return false;
    this.#markReturned(replicaId);
    if (member === undefined && this.#members.size >= maxMembers) return true;
    this.#members.set(replicaId, { replica, silentMs: 0, gap: undefined });
    return true;
  }

  #addSilence(replicaId: string, sinceLastMs: number, wallMs: number): void {
    const member = this.#members.get(replicaId);
    if (member === undefined) return;
    const { flushMs } = member.replica;
    member.silentMs += Math.min(sinceLastMs, maxIntervalsPerUpdate * flushMs);
    if (member.gap !== undefined || member.silentMs <= silentIntervals * flushMs) return;
    const { startedAtMs, address, seenAtMs } = member.replica;
    member.gap = {
      replicaId,
      startedAtMs,
      address,
      flushMs,
      lastSeenMs: seenAtMs,
      noticedAtMs: wallMs,
      hasReturned: false,
    };
    this.#gaps.set(replicaId, member.gap);
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
    // Kept for longer than in the store: else its record there would make it a gap again.
    for (const [id, { gap }] of this.#members) {
      const isLongGone = gap !== undefined && wallMs - gap.noticedAtMs > 2 * gapLimits.ageMs;
      if (isLongGone) this.#members.delete(id);
    }
  }
}
