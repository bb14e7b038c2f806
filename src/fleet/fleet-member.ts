/**
 * A replica's part in its fleet: a turn every few seconds that publishes its own counts, says that it lives, exchanges
 * labels, and leads if it holds the lease.
 *
 * One turn at a time, each call of the store bounded in time, nothing queued: what a turn could not publish, the next
 * one publishes anew, because counts are absolute. Serving and local metrics wait for none of it.
 */
import type { Clock } from "../clock.ts";
import { LabelSync, type LabelSyncCounts } from "./labels/label-sync.ts";
import { type Lead, LeaderLoop } from "./leader/leader-loop.ts";
import { LeaderLease } from "./leader/leader-lease.ts";
import { type Gap, Membership } from "./membership.ts";
import {
  type Contribution,
  type FailureReason,
  type Heartbeat,
  type KnownReplica,
  type LabelItem,
  type Outcome,
  type PublishTally,
  type Replica,
  type StateStore,
  stateLimits,
  type StoreHealth,
} from "./store.ts";

/** Something that counts by windows. */
export interface ContributionSource {
  /**
   * Its counts for every window that it still holds: the current one, and ended ones until the grace has passed. Asked
   * for one after the other while they are sent. The arrays are read while the turn lasts: when a window ends they may be
   * replaced, but not cleared.
   */
  contributions(nowMs: number): Iterable<Contribution>;
}

/** The part of a logger that is used. */
export interface FleetLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** What a fleet's replica is told. */
export interface FleetMemberOptions {
  /** Closed by {@link FleetMember.stop}. */
  readonly store: StateStore;
  /** `replicaId` must be new with every start of the process. */
  readonly replica: Replica;
  /** How long a replica that says nothing stays the leader; at least three flush intervals. */
  readonly leaseMs: number;
  /** Lengths of the windows that the leader decides on. */
  readonly windowsMs: readonly number[];
  readonly clock: Clock;
  readonly sources: readonly ContributionSource[];
  readonly lead: Lead;
  /** User's streams of labels to read; see {@link LabelSync}. */
  readonly labelStreams: readonly string[];
  onLabels(this: void, labels: readonly LabelItem[]): void;
  readonly log: FleetLog;
}

/** How a replica and its fleet are doing. */
export interface FleetStatus {
  readonly replicaId: string;
  readonly isLeader: boolean;
  /** Of the lease that was last seen. */
  readonly token: number;
  /** Those that live, this one among them. */
  readonly replicas: readonly KnownReplica[];
  readonly gaps: readonly Gap[];
  readonly lostReplicasTotal: number;
  readonly flushes: { readonly succeeded: number; readonly failed: number };
  /** Wall time of the last flush that succeeded; 0 before. */
  readonly lastFlushMs: number;
  /** What became of all contributions since the start. */
  readonly contributions: PublishTally;
  readonly decidedWindowsTotal: number;
  /** Turns as the leader that ended with an error. */
  readonly leadFailuresTotal: number;
  readonly labels: LabelSyncCounts;
  readonly store: StoreHealth;
}

/** Late counts are waited for this many flush intervals after the end of a window. */
const graceIntervals = 2;

/** After these there is no use in asking on. */
const hopeless: ReadonlySet<FailureReason> = new Set(["unreachable", "timeout", "closed", "denied", "backlog"]);

/** See the top of this file. Keeps no process alive by its timer. */
export class FleetMember {
  readonly #options: FleetMemberOptions;
  readonly #leadership: LeaderLease;
  readonly #duty: LeaderLoop;
  readonly #labels: LabelSync;
  readonly #watch = new Membership();
  #sequence = 0;
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> | undefined;
  #leading: Promise<void> | undefined;
  #isStopped = false;
  #trouble: FailureReason | undefined;
  #flushes = { succeeded: 0, failed: 0 };
  #lastFlushMs = 0;
  #tally: PublishTally = { stored: 0, older: 0, late: 0, full: 0, refused: 0 };
  #decided = 0;
  #leadFailures = 0;

  constructor(options: FleetMemberOptions) {
    const { store, replica, leaseMs, clock, lead, windowsMs, labelStreams } = options;
    this.#options = options;
    this.#leadership = new LeaderLease({ store, replicaId: replica.replicaId, leaseMs, clock });
    const graceMs = graceIntervals * replica.flushMs;
    this.#duty = new LeaderLoop({ store, leadership: this.#leadership, lead, windowsMs, graceMs });
    this.#labels = new LabelSync({
      store,
      replicaId: replica.replicaId,
      startedAtMs: replica.startedAtMs,
      streams: labelStreams,
      onLabels: (labels) => this.#guard("labels", () => options.onLabels(labels)),
    });
  }

  /** Begins with a turn at once. */
  start(): void {
    this.#schedule(0);
  }

  /** Runs a turn now, or joins the one under way. Never rejects. */
  syncNow(): Promise<void> {
    this.#turn ??= this.#takeTurn().finally(() => {
      this.#turn = undefined;
    });
    return this.#turn;
  }

  /** Passes labels on to the other replicas with the next turn; gives how many found room. */
  broadcastLabels(labels: readonly LabelItem[]): number {
    return this.#labels.pass(labels);
  }

  /** Publishes once more, gives the lease back, says goodbye and closes the store: all of it within `limitMs`. */
  async stop(limitMs: number): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    clearTimeout(this.#timer);
    const deadline = Promise.withResolvers<void>();
    const timer = setTimeout(deadline.resolve, limitMs);
    await Promise.race([this.#lastTurn(), deadline.promise]);
    clearTimeout(timer);
    await this.#options.store.close();
  }

  status(): FleetStatus {
    return {
      replicaId: this.#options.replica.replicaId,
      isLeader: this.#leadership.isLeader,
      token: this.#leadership.token,
      replicas: this.#watch.living,
      gaps: this.#watch.gaps,
      lostReplicasTotal: this.#watch.lostTotal,
      flushes: this.#flushes,
      lastFlushMs: this.#lastFlushMs,
      contributions: this.#tally,
      decidedWindowsTotal: this.#decided,
      leadFailuresTotal: this.#leadFailures,
      labels: this.#labels.counts,
      store: this.#options.store.health(),
    };
  }

  #schedule(delayMs: number): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => void this.#takeTurnAndSchedule(), delayMs).unref();
  }

  async #takeTurnAndSchedule(): Promise<void> {
    const { clock, replica } = this.#options;
    const startedAtMs = clock.monotonicMs();
    await this.syncNow();
    this.#schedule(Math.max(0, replica.flushMs - (clock.monotonicMs() - startedAtMs)));
  }

  async #takeTurn(): Promise<void> {
    const wasLeader = this.#leadership.isLeader;
    const steps = [
      () => this.#leadership.renew(),
      () => this.#publish(),
      () => this.#beat(),
      () => this.#labels.send(),
      () => this.#labels.receive(),
    ];
    let trouble: FailureReason | undefined;
    for (const step of steps) {
      const outcome = await step();
      if (outcome.kind === "done") continue;
      trouble ??= outcome.reason;
      if (hopeless.has(outcome.reason)) break;
    }
    this.#tellTrouble(trouble);
    const { isLeader, token } = this.#leadership;
    if (isLeader !== wasLeader) this.#options.log.info({ isLeader, token }, "leadership of the fleet changed");
    if (isLeader && !this.#isStopped) this.#leading ??= this.#lead();
  }

  async #publish(): Promise<Outcome<void>> {
    const { store, replica, clock } = this.#options;
    const writtenAtMs = clock.wallMs();
    const contributions = this.#contributions(writtenAtMs);
    const { replicaId } = replica;
    const outcome = await store.publish({ replicaId, sequence: ++this.#sequence, writtenAtMs, contributions });
    if (outcome.kind === "failed") {
      this.#flushes.failed++;
      return outcome;
    }
    this.#flushes.succeeded++;
    this.#lastFlushMs = clock.wallMs();
    this.#tally = addTallies(this.#tally, outcome.value);
    return { kind: "done", value: undefined };
  }

  /** Of all sources, made as they are asked for. */
  *#contributions(nowMs: number): Generator<Contribution> {
    // What is more than a publication takes is refused and counted there; twice as much is a source gone mad.
    let room = 2 * stateLimits.contributions;
    for (const source of this.#options.sources) {
      for (const contribution of this.#contributionsOf(source, nowMs)) {
        if (room-- <= 0) break;
        yield contribution;
      }
    }
  }

  /** What is left of a source that throws is left out. */
  *#contributionsOf(source: ContributionSource, nowMs: number): Generator<Contribution> {
    try {
      yield* source.contributions(nowMs);
    } catch (error) {
      this.#tellFailure("contributions", error);
    }
  }

  async #beat(): Promise<Outcome<void>> {
    const { store, clock, log } = this.#options;
    const outcome = await store.heartbeat(this.#heartbeat());
    if (outcome.kind === "failed") return outcome;
    const before = new Set(this.#watch.gaps.map(({ replicaId }) => replicaId));
    this.#watch.look(outcome.value, clock.monotonicMs(), clock.wallMs());
    for (const gap of this.#watch.gaps) {
      if (!before.has(gap.replicaId)) log.warn({ ...gap }, "a replica is gone without a goodbye");
    }
    return { kind: "done", value: undefined };
  }

  #heartbeat(): Heartbeat {
    const { replica, clock } = this.#options;
    return { ...replica, sequence: this.#sequence, seenAtMs: clock.wallMs() };
  }

  /** Beside the turns: a decision that takes long must not keep this replica from publishing, nor from its lease. */
  async #lead(): Promise<void> {
    try {
      this.#decided += await this.#duty.take(this.#options.clock.wallMs());
    } catch (error) {
      this.#leadFailures++;
      this.#options.log.warn({ error }, "leading the fleet failed; tried again in the next turn");
    } finally {
      this.#leading = undefined;
    }
  }

  async #lastTurn(): Promise<void> {
    await this.#turn;
    await this.#leading;
    const published = await this.#publish();
    if (published.kind === "failed" && hopeless.has(published.reason)) return;
    await this.#labels.send();
    await this.#leadership.release();
    await this.#options.store.goodbye(this.#heartbeat());
  }

  #tellTrouble(trouble: FailureReason | undefined): void {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    const { log } = this.#options;
    if (trouble === undefined) log.info({}, "the shared state works again");
    else log.warn({ reason: trouble }, "the shared state fails; counts are published when it works again");
  }

  #guard(what: string, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#tellFailure(what, error);
    }
  }

  #tellFailure(what: string, error: unknown): void {
    this.#options.log.warn({ error, what }, "a part of the fleet failed");
  }
}

function addTallies(left: PublishTally, right: PublishTally): PublishTally {
  return {
    stored: left.stored + right.stored,
    older: left.older + right.older,
    late: left.late + right.late,
    full: left.full + right.full,
    refused: left.refused + right.refused,
  };
}
