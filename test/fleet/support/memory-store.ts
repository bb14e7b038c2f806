import type { Clock } from "../../../src/clock.ts";
import { FailureCounters } from "../../../src/fleet/redis/redis-failures.ts";
import { MemoryCounts } from "./memory-counts.ts";
import { MemoryLabels } from "./memory-labels.ts";
import { PublishBatches } from "../../../src/fleet/counts/publish-batches.ts";
import {
  clockToleranceMs,
  type Heartbeat,
  isKey,
  isWindow,
  type KnownReplica,
  type LabelItem,
  type LabelPage,
  type LabelStream,
  type LeaderToken,
  type Lease,
  type MergedCounts,
  type Outcome,
  type Publication,
  type PublishTally,
  type StateStore,
  stateLifetimes,
  stateLimits,
  type StoreHealth,
  type LeaderDocument,
  type Window,
} from "../../../src/fleet/store.ts";

/**
 * The shared state in memory, for tests: replicas that use the same store share it.
 *
 * @param clock times what expires
 */
export const createMemoryStore = (clock: Clock): StateStore => new MemoryStore(clock);

class MemoryStore implements StateStore {
  readonly #clock: Clock;
  readonly #counters: FailureCounters;
  readonly #counts = new MemoryCounts();
  readonly #labels = new MemoryLabels();
  readonly #replicas = new Map<string, KnownReplica>();
  readonly #documents = new Map<string, LeaderDocument & { readonly expiresAtMs: number }>();
  #leader: LeaderToken = { replicaId: "", token: 0 };
  #leaseEndsAtMs = 0;
  #isClosed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#counters = new FailureCounters(clock);
  }

  async publish(publication: Publication): Promise<Outcome<PublishTally>> {
    if (this.#isClosed) return this.#counters.fail("closed");
    const nowMs = this.#clock.monotonicMs();
    const batches = new PublishBatches(publication.contributions);
    const tally = { stored: 0, older: 0, late: 0, full: 0, refused: 0 };
    for (const batch of batches) {
      for (const encoded of batch) tally[this.#counts.keep(publication, encoded, nowMs)]++;
    }
    this.#counts.forget(nowMs);
    return this.#done({ ...tally, refused: batches.refused });
  }

  async read(key: string, window: Window): Promise<Outcome<MergedCounts>> {
    if (!isKey(key) || !isWindow(window)) return this.#counters.fail("too_large");
    this.#counts.forget(this.#clock.monotonicMs());
    return this.#done(this.#counts.read(key, window));
  }

  async keys(window: Window): Promise<Outcome<readonly string[]>> {
    if (!isWindow(window)) return this.#counters.fail("too_large");
    this.#counts.forget(this.#clock.monotonicMs());
    return this.#done(this.#counts.keys(window));
  }

  async freeze(leader: LeaderToken, window: Window): Promise<Outcome<boolean>> {
    if (!isWindow(window)) return this.#counters.fail("too_large");
    const isLeader = this.#isLeader(leader);
    if (isLeader && !hasEnded(window, this.#clock.wallMs())) return this.#counters.fail("clock");
    if (isLeader) this.#counts.freeze(window);
    return this.#done(isLeader);
  }

  async heartbeat(heartbeat: Heartbeat): Promise<Outcome<readonly KnownReplica[]>> {
    const known = this.#replicas.get(heartbeat.replicaId);
    if (known?.hasLeft !== true && (known?.sequence ?? -1) < heartbeat.sequence) this.#remember(heartbeat, false);
    return this.#done([...this.#replicas.values()]);
  }

  async leave(heartbeat: Heartbeat): Promise<Outcome<void>> {
    this.#remember(heartbeat, true);
    return this.#done(undefined);
  }

  #remember(heartbeat: Heartbeat, hasLeft: boolean): void {
    const { replicaId, startedAtMs, flushMs, seenAtMs, sequence } = heartbeat;
    const address = heartbeat.address.slice(0, stateLimits.addressChars);
    const others = [...this.#replicas.values()].filter((other) => other.replicaId !== replicaId);
    for (const other of others) {
      if (other.seenAtMs < seenAtMs - stateLifetimes.replicasMs) this.#replicas.delete(other.replicaId);
    }
    this.#replicas.set(replicaId, { replicaId, startedAtMs, address, flushMs, seenAtMs, sequence, hasLeft });
    if (this.#replicas.size <= stateLimits.replicas) return;
    const oldest = others.toSorted((left, right) => left.seenAtMs - right.seenAtMs)[0];
    if (oldest !== undefined) this.#replicas.delete(oldest.replicaId);
  }

  async acquire(replicaId: string, ttlMs: number): Promise<Outcome<Lease>> {
    const nowMs = this.#clock.monotonicMs();
    const isHeld = this.#leaseEndsAtMs > nowMs;
    const isOurs = this.#leader.replicaId === replicaId;
    if (isHeld && !isOurs) return this.#done({ isLeader: false, token: this.#leader.token });
    if (!isHeld) {
      this.#leader = { replicaId, token: Math.max(this.#leader.token + 1, Math.floor(this.#clock.wallMs() * 1000)) };
    }
    this.#leaseEndsAtMs = nowMs + ttlMs;
    return this.#done({ isLeader: true, token: this.#leader.token });
  }

  async release(leader: LeaderToken): Promise<Outcome<void>> {
    if (this.#isLeader(leader)) this.#leaseEndsAtMs = 0;
    return this.#done(undefined);
  }

  async putDocument(leader: LeaderToken, key: string, json: string): Promise<Outcome<boolean>> {
    if (!isKey(key) || json.length > stateLimits.documentChars) return this.#counters.fail("too_large");
    if (!this.#isLeader(leader)) return this.#done(false);
    const nowMs = this.#clock.monotonicMs();
    for (const [name, { expiresAtMs }] of this.#documents) if (expiresAtMs <= nowMs) this.#documents.delete(name);
    this.#documents.set(key, { json, token: leader.token, expiresAtMs: nowMs + stateLifetimes.documentsMs });
    return this.#done(true);
  }

  async getDocument(key: string): Promise<Outcome<LeaderDocument | undefined>> {
    if (!isKey(key)) return this.#counters.fail("too_large");
    const found = this.#documents.get(key);
    const isThere = found !== undefined && found.expiresAtMs > this.#clock.monotonicMs();
    return this.#done(isThere ? { json: found.json, token: found.token } : undefined);
  }

  async appendLabels(from: string, items: readonly LabelItem[]): Promise<Outcome<number>> {
    return this.#done(this.#labels.append(from, items, this.#clock.wallMs()));
  }

  async readLabels(stream: LabelStream, afterId: string): Promise<Outcome<LabelPage>> {
    // No user can write into this process, so named streams are empty.
    const labels = stream.kind === "fleet" ? this.#labels : new MemoryLabels();
    return this.#done(labels.read(afterId));
  }

  health(): StoreHealth {
    return this.#counters.health();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  #isLeader({ replicaId, token }: LeaderToken): boolean {
    return token > 0 && this.#leader.replicaId === replicaId && this.#leader.token === token;
  }

  #done<T>(value: T): Outcome<T> {
    if (this.#isClosed) return this.#counters.fail("closed");
    this.#counters.succeed();
    return { kind: "done", value };
  }
}

/** True for a window that has ended by this clock, give or take {@link clockToleranceMs}. */
const hasEnded = ({ windowMs, windowIndex }: Window, wallMs: number): boolean =>
  (windowIndex + 1) * windowMs <= wallMs + clockToleranceMs;
