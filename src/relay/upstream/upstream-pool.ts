/** Connections to the model server: one request in flight on each, kept while they are good, bounded in number. */
import type { RelayCounters } from "../../metrics/requests/relay-counters.ts";
import type { RelayOptions } from "../options.ts";
import { UpstreamConnection, type UpstreamWatcher } from "./upstream-connection.ts";

/** A request that waits for a connection. */
export interface PoolWaiter {
  onConnectionFree(connection: UpstreamConnection): void;
}

/** Hands out connections, newest idle one first, and lines up requests when all are taken. */
export class UpstreamPool implements UpstreamWatcher {
  readonly #options: RelayOptions;
  readonly #counters: RelayCounters;
  readonly #maxConnections: number;
  readonly #idle: UpstreamConnection[] = [];
  readonly #all = new Set<UpstreamConnection>();
  readonly #waiters = new Set<PoolWaiter>();

  constructor(options: RelayOptions, counters: RelayCounters) {
    const { inFlight } = options.limits;
    const { maxConnections } = options.pool;
    this.#options = options;
    this.#counters = counters;
    this.#maxConnections = inFlight === 0 ? maxConnections : Math.min(inFlight, maxConnections);
  }

  /** An idle connection, else a new one, else nothing: then {@link enqueue}. */
  acquire(): UpstreamConnection | undefined {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      this.#counters.upstreamConnectionsIdle--;
      if (!idle.isClosed && !idle.socket.destroyed) return idle;
    }
    return this.#all.size < this.#maxConnections ? this.connect() : undefined;
  }

  /** A new connection, whatever the bound: used in place of one that has just failed. */
  connect(): UpstreamConnection {
    const connection = new UpstreamConnection(this.#options.upstream, this);
    this.#all.add(connection);
    this.#counters.upstreamConnectsTotal++;
    this.#counters.upstreamConnectionsOpen++;
    return connection;
  }

  /** Puts a request in line; false when the line is full. */
  enqueue(waiter: PoolWaiter): boolean {
    if (this.#waiters.size >= this.#options.limits.queued) return false;
    this.#waiters.add(waiter);
    this.#counters.queued++;
    return true;
  }

  /** Takes a request out of the line. */
  dequeue(waiter: PoolWaiter): void {
    if (this.#waiters.delete(waiter)) this.#counters.queued--;
  }

  /** Takes a connection back after a response; `isReusable` when nothing speaks against another request on it. */
  release(connection: UpstreamConnection, isReusable: boolean, nowMs: number): void {
    connection.owner = undefined;
    if (!isReusable || connection.isClosed || connection.socket.destroyed) {
      connection.destroy();
      return;
    }
    const waiter = this.#nextWaiter();
    if (waiter !== undefined) {
      waiter.onConnectionFree(connection);
    } else if (this.#idle.length >= this.#options.pool.maxIdleConnections) {
      connection.destroy();
    } else {
      connection.idleSinceMs = nowMs;
      this.#idle.push(connection);
      this.#counters.upstreamConnectionsIdle++;
    }
  }

  /** Closes connections that have been idle too long; the oldest stand first. */
  sweep(nowMs: number): void {
    const { idleMs } = this.#options.pool;
    while (this.#idle.length > 0 && nowMs - this.#idle[0]!.idleSinceMs >= idleMs) this.#drop(this.#idle[0]!);
  }

  /** Closes every connection. */
  close(): void {
    for (const connection of this.#all) connection.destroy();
  }

  onConnect(): void {
    // The owner's bytes are already on their way: the socket kept them.
  }

  onIdleTrouble(connection: UpstreamConnection): void {
    this.#drop(connection);
  }

  onClosed(connection: UpstreamConnection): void {
    if (!this.#all.delete(connection)) return;
    this.#counters.upstreamConnectionsOpen--;
    if (!connection.isConnected) this.#counters.upstreamConnectFailuresTotal++;
    this.#forgetIdle(connection);
    const waiter = this.#all.size < this.#maxConnections ? this.#nextWaiter() : undefined;
    waiter?.onConnectionFree(this.connect());
  }

  #drop(connection: UpstreamConnection): void {
    this.#forgetIdle(connection);
    connection.destroy();
  }

  #forgetIdle(connection: UpstreamConnection): void {
    const index = this.#idle.indexOf(connection);
    if (index === -1) return;
    this.#idle.splice(index, 1);
    this.#counters.upstreamConnectionsIdle--;
  }

  #nextWaiter(): PoolWaiter | undefined {
    for (const waiter of this.#waiters) {
      this.dequeue(waiter);
      return waiter;
    }
    return undefined;
  }
}
