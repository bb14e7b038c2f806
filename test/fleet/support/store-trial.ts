import { expect } from "vitest";
import {
  type Contribution,
  type Counts,
  type LeaderToken,
  type MergedCounts,
  type Outcome,
  type PublishTally,
  type StateStore,
} from "../../../src/fleet/store.ts";
import { untilAsync } from "../../support/until.ts";

/** A store under test: handles that share one state, empty at first. */
export interface StoreUnderTest {
  open(): Promise<StateStore>;
  dispose(): Promise<void>;
}

/** The value of an outcome that must have gone well. */
export function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.kind === "failed") throw new Error(`the store failed: ${outcome.reason}`);
  return outcome.value;
}

/** A window long past, so that it may be frozen. */
export const aWindow = { windowMs: 60_000, windowIndex: 1000 } as const;

/** A contribution of cells to {@link aWindow}. */
export const cells = (key: string, ...counts: readonly number[]): Contribution => ({
  key,
  ...aWindow,
  counts: new Float64Array(counts),
});

/** Counts in a form that can be compared. */
export const plain = (counts: Counts | undefined): unknown =>
  counts instanceof Float64Array ? [...counts] : counts && Object.fromEntries(counts);

/** The actions of the contract. */
export interface StoreTrial {
  readonly store: StateStore;
  /** Another handle on the same state. */
  open(): Promise<StateStore>;
  publish(replicaId: string, sequence: number, ...contributions: readonly Contribution[]): Promise<PublishTally>;
  read(key: string): Promise<MergedCounts>;
  countsOf(key: string): Promise<unknown>;
  /** Takes the lease, which must be free. */
  lead(replicaId: string, ttlMs?: number): Promise<LeaderToken>;
  /** Takes the lease when it has run out. */
  untilLeader(replicaId: string): Promise<LeaderToken>;
}

/** A trial of a store that was opened. */
export function tryStore(tried: StoreUnderTest, store: StateStore): StoreTrial {
  const read = async (key: string): Promise<MergedCounts> => valueOf(await store.read(key, aWindow));
  return {
    store,
    open: () => tried.open(),
    publish: async (replicaId, sequence, ...contributions) =>
      valueOf(await store.publish({ replicaId, sequence, writtenAtMs: 1000 + sequence, contributions })),
    read,
    countsOf: async (key) => plain((await read(key)).counts),
    lead: async (replicaId, ttlMs = 60_000) => {
      const lease = valueOf(await store.acquire(replicaId, ttlMs));
      expect(lease.isLeader).toBe(true);
      return { replicaId, token: lease.token };
    },
    untilLeader: async (replicaId) => {
      let token = 0;
      await untilAsync(async () => {
        const lease = valueOf(await store.acquire(replicaId, 60_000));
        token = lease.token;
        return lease.isLeader;
      }, "the lease to run out");
      return { replicaId, token };
    },
  };
}
