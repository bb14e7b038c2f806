/**
 * This replica as a member of its fleet. Every few seconds it syncs: renews the lease, publishes its own counts, sends a
 * heartbeat, exchanges labels, and runs a leader round if it holds the lease.
 *
 * One sync at a time, each call of the store bounded in time, nothing queued: counts are absolute, so the next sync
 * publishes whatever this one could not. Serving and local metrics never wait for it.
 */
import type { Clock } from "../clock.ts";
import { type ContributionSource, CountsPublisher, type PublisherStatus } from "./counts/counts-publisher.ts";
import { cutOffMs, graceMs } from "./fleet-timing.ts";
import { LabelSync, type LabelSyncCounts } from "./labels/label-sync.ts";
import { LeaderLoop, type LeaderTask } from "./leader/leader-loop.ts";
import { LeaderLease } from "./leader/leader-lease.ts";
import { type Gap, Membership } from "./membership.ts";
import {
  type FailureReason,
  type Heartbeat,
  type KnownReplica,
  type LabelItem,
  type Outcome,
  type Replica,
  type StateStore,
  type StoreHealth,
} from "./store.ts";

/** The part of the log that a member uses. Fields are in snake_case. */
export interface FleetLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** Options of {@link FleetMember}. */
export interface FleetMemberOptions {
  /** Closed by {@link FleetMember.stop}. */
  readonly store: StateStore;
  /** `replicaId` must be new with every start of the process. */
  readonly replica: Replica;
  /** How long a silent replica stays the leader; at least three flush intervals. */
  readonly leaseMs: number;
  /** Lengths of the windows that the leader decides on. */
  readonly windowsMs: readonly number[];
  readonly clock: Clock;
  readonly sources: readonly ContributionSource[];
  /** Run in this order in every round of the leader. */
  readonly leaderTasks: readonly LeaderTask[];
  /** Called at the start of every sync; not awaited. */
  onSync?(this: void, nowMs: number): void;
  /** Names of the user's label streams to read; see {@link LabelSync}. */
  readonly labelStreams: readonly string[];
  onLabels(this: void, labels: readonly LabelItem[]): void;
  readonly log: FleetLog;
}

/** State of a replica and of its fleet, as this replica sees it: for metrics and `/fleet`. */
export interface FleetStatus extends PublisherStatus {
  readonly replicaId: string;
  readonly isLeader: boolean;
  /** Token of the lease that was last seen. */
  readonly token: number;
  /** Live replicas, including this one. */
  readonly replicas: readonly KnownReplica[];
  readonly gaps: readonly Gap[];
  readonly lostReplicasTotal: number;
  readonly decidedWindowsTotal: number;
  /** Leader rounds that failed. */
  readonly leadFailuresTotal: number;
  readonly labels: LabelSyncCounts;
  readonly store: StoreHealth;
}

/** The store is away: the rest of the sync would fail as well. */
const storeIsAway: ReadonlySet<FailureReason> = new Set(["unreachable", "timeout", "closed", "denied", "backlog"]);

/** See the top of this file. Its timer does not keep the process alive. */
export class FleetMember {
  readonly #options: FleetMemberOptions;
  readonly #lease: LeaderLease;
  readonly #leaderLoop: LeaderLoop;
  readonly #publisher: CountsPublisher;
  readonly #labels: LabelSync;
  readonly #membership = new Membership();
  #timer: NodeJS.Timeout | undefined;
  #syncing: Promise<void> | undefined;
  #leading: Promise<void> | undefined;
  #isStopped = false;
  #trouble: FailureReason | undefined;
  #decided = 0;
  #leadFailures = 0;

  constructor(options: FleetMemberOptions) {
    const { store, replica, leaseMs, clock, sources, leaderTasks, windowsMs, labelStreams } = options;
    const { replicaId } = replica;
    this.#options = options;
    this.#lease = new LeaderLease({ store, replicaId, leaseMs, clock });
    const lateMs = graceMs(replica.flushMs);
    this.#leaderLoop = new LeaderLoop({ store, lease: this.#lease, tasks: leaderTasks, windowsMs, graceMs: lateMs });
    this.#publisher = new CountsPublisher({
      store,
      replicaId,
      sources,
      clock,
      onSourceFailed: (error) => this.#reportFailedPart("contributions", error),
    });
    this.#labels = new LabelSync({
      store,
      replicaId,
      startedAtMs: replica.startedAtMs,
      streams: labelStreams,
      onLabels: (labels) => this.#receiveLabels(labels),
    });
  }

  /** Syncs at once, and then at every flush interval. */
  start(): void {
    this.#schedule(0);
  }

  /** Syncs now, or joins the sync in progress. Never rejects. */
  syncNow(): Promise<void> {
    this.#syncing ??= this.#sync().finally(() => {
      this.#syncing = undefined;
    });
    return this.#syncing;
  }

  /** Sends labels to the other replicas with the next sync; returns how many the queue accepted. */
  broadcastLabels(labels: readonly LabelItem[]): number {
    return this.#labels.enqueue(labels);
  }

  /** Publishes a last time, releases the lease, leaves the fleet and closes the store, all within `limitMs`. Idempotent. */
  async stop(limitMs: number): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    clearTimeout(this.#timer);
    const deadline = Promise.withResolvers<void>();
    const timer = setTimeout(deadline.resolve, limitMs);
    await Promise.race([this.#leave(), deadline.promise]);
    clearTimeout(timer);
    await this.#options.store.close();
  }

  /** True while flushes succeed: then the leader reports for this replica too. */
  get isConnected(): boolean {
    const { clock, replica } = this.#options;
    const { lastFlushMs } = this.#publisher;
    return lastFlushMs > 0 && clock.wallMs() - lastFlushMs < cutOffMs(replica.flushMs);
  }

  get isLeader(): boolean {
    return this.#lease.isLeader;
  }

  status(): FleetStatus {
    return {
      replicaId: this.#options.replica.replicaId,
      isLeader: this.#lease.isLeader,
      token: this.#lease.token,
      replicas: this.#membership.living,
      gaps: this.#membership.gaps,
      lostReplicasTotal: this.#membership.lostTotal,
      ...this.#publisher.status(),
      decidedWindowsTotal: this.#decided,
      leadFailuresTotal: this.#leadFailures,
      labels: this.#labels.counts,
      store: this.#options.store.health(),
    };
  }

  #schedule(delayMs: number): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => void this.#syncAndSchedule(), delayMs).unref();
  }

  async #syncAndSchedule(): Promise<void> {
    const { clock, replica } = this.#options;
    const startedAtMs = clock.monotonicMs();
    await this.syncNow();
    this.#schedule(Math.max(0, replica.flushMs - (clock.monotonicMs() - startedAtMs)));
  }

  async #sync(): Promise<void> {
    this.#options.onSync?.(this.#options.clock.wallMs());
    const wasLeader = this.#lease.isLeader;
    const steps = [
      () => this.#lease.renew(),
      () => this.#publisher.publish(),
      () => this.#beat(),
      () => this.#labels.send(),
      () => this.#labels.receive(),
    ];
    let trouble: FailureReason | undefined;
    for (const step of steps) {
      const outcome = await step();
      if (outcome.kind === "done") continue;
      trouble ??= outcome.reason;
      if (storeIsAway.has(outcome.reason)) break;
    }
    this.#reportTrouble(trouble);
    const { isLeader, token } = this.#lease;
    if (isLeader !== wasLeader) {
      const what = isLeader ? "this replica is now the leader" : "this replica is no longer the leader";
      this.#options.log.info({ is_leader: isLeader, token }, what);
    }
    if (isLeader && !this.#isStopped) this.#leading ??= this.#lead();
  }

  async #beat(): Promise<Outcome<void>> {
    const { store, clock, log } = this.#options;
    const outcome = await store.heartbeat(this.#heartbeat());
    if (outcome.kind === "failed") return outcome;
    const before = new Set(this.#membership.gaps.map(({ replicaId }) => replicaId));
    this.#membership.update(outcome.value, clock.monotonicMs(), clock.wallMs());
    for (const gap of this.#membership.gaps) {
      if (!before.has(gap.replicaId))
        log.warn(gapFields(gap), "a replica was lost: it sends no heartbeat and did not leave");
    }
    return { kind: "done", value: undefined };
  }

  #heartbeat(): Heartbeat {
    const { replica, clock } = this.#options;
    return { ...replica, sequence: this.#publisher.sequence, seenAtMs: clock.wallMs() };
  }

  /** Runs concurrently with the syncs: a long decision must not delay publishing or renewing the lease. */
  async #lead(): Promise<void> {
    try {
      this.#decided += await this.#leaderLoop.runRound(this.#options.clock.wallMs());
    } catch (error) {
      this.#leadFailures++;
      this.#options.log.warn({ error }, "a leader task failed; the next round repeats it");
    } finally {
      this.#leading = undefined;
    }
  }

  async #leave(): Promise<void> {
    await this.#syncing;
    await this.#leading;
    const published = await this.#publisher.publish();
    if (published.kind === "failed" && storeIsAway.has(published.reason)) return;
    await this.#labels.send();
    await this.#lease.release();
    await this.#options.store.leave(this.#heartbeat());
  }

  #reportTrouble(trouble: FailureReason | undefined): void {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    const { log } = this.#options;
    if (trouble === undefined) log.info({}, "the shared state is available again");
    else log.warn({ reason: trouble }, "the shared state is unavailable; counts are published when it is back");
  }

  #receiveLabels(labels: readonly LabelItem[]): void {
    try {
      this.#options.onLabels(labels);
    } catch (error) {
      this.#reportFailedPart("labels", error);
    }
  }

  #reportFailedPart(what: string, error: unknown): void {
    this.#options.log.warn({ error, what }, "a part of the fleet failed");
  }
}

/** The log's fields for a lost replica; times in RFC 3339, by the clock that took them. */
function gapFields({ replicaId, address, lastSeenMs, noticedAtMs }: Gap): Readonly<Record<string, string>> {
  return {
    replica_id: replicaId,
    address,
    last_seen: new Date(lastSeenMs).toISOString(),
    noticed_at: new Date(noticedAtMs).toISOString(),
  };
}
