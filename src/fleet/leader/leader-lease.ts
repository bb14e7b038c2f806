import type { Clock } from "../../clock.ts";
import type { LeaderToken, Outcome, StateStore } from "../store.ts";

/** Options of {@link LeaderLease}. */
export interface LeaderLeaseOptions {
  readonly store: StateStore;
  readonly replicaId: string;
  readonly leaseMs: number;
  readonly clock: Clock;
}

/**
 * The leader lease as this replica sees it. It counts from the moment before the request was sent, so it never lasts
 * longer here than in the store. A process that was paused for longer is no longer the leader; if it writes without
 * checking, the store refuses its token.
 */
export class LeaderLease {
  readonly #options: LeaderLeaseOptions;
  #token = 0;
  #endsAtMs = 0;

  constructor(options: LeaderLeaseOptions) {
    this.#options = options;
  }

  get isLeader(): boolean {
    return this.#options.clock.monotonicMs() < this.#endsAtMs;
  }

  /** Token of the lease that was last held or seen; 0 before. */
  get token(): number {
    return this.#token;
  }

  /** The identity under which this replica writes as the leader. */
  get leader(): LeaderToken {
    return { replicaId: this.#options.replicaId, token: this.#token };
  }

  /** Acquires the lease if it is free, extends it if this replica holds it. */
  async renew(): Promise<Outcome<void>> {
    const { store, replicaId, leaseMs, clock } = this.#options;
    const requestedAtMs = clock.monotonicMs();
    const lease = await store.acquire(replicaId, leaseMs);
    if (lease.kind === "failed") return lease;
    this.#token = lease.value.token;
    this.#endsAtMs = lease.value.isLeader ? requestedAtMs + leaseMs : 0;
    return { kind: "done", value: undefined };
  }

  /** Gives up locally: the store has refused this replica's token. */
  lose(): void {
    this.#endsAtMs = 0;
  }

  /** Gives the lease back, so that another replica can lead at once. */
  async release(): Promise<void> {
    const wasLeader = this.isLeader;
    this.lose();
    if (wasLeader) await this.#options.store.release(this.leader);
  }
}
