import type { Clock } from "../../clock.ts";
import type { LeaderToken, Outcome, StateStore } from "../store.ts";

/** How a replica takes part in the election of the leader. */
export interface LeaderLeaseOptions {
  readonly store: StateStore;
  readonly replicaId: string;
  readonly leaseMs: number;
  readonly clock: Clock;
}

/**
 * Whether this replica leads, as far as it can know: from the moment before it asked for the lease, for as long as the
 * lease runs. A process that was paused for longer finds itself no leader; if it does not look, the store refuses it.
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

  /** The token of the lease that was last held or seen; 0 before. */
  get token(): number {
    return this.#token;
  }

  /** Who we are when we write as the leader. */
  get leader(): LeaderToken {
    return { replicaId: this.#options.replicaId, token: this.#token };
  }

  /** Takes the lease if it is free, prolongs it if it is ours. */
  async renew(): Promise<Outcome<void>> {
    const { store, replicaId, leaseMs, clock } = this.#options;
    const askedAtMs = clock.monotonicMs();
    const lease = await store.acquire(replicaId, leaseMs);
    if (lease.kind === "failed") return lease;
    this.#token = lease.value.token;
    this.#endsAtMs = lease.value.isLeader ? askedAtMs + leaseMs : 0;
    return { kind: "done", value: undefined };
  }

  /** Another has taken over, as the store has told. */
  lose(): void {
    this.#endsAtMs = 0;
  }

  async release(): Promise<void> {
    const wasLeader = this.isLeader;
    this.lose();
    if (wasLeader) await this.#options.store.release(this.leader);
  }
}
