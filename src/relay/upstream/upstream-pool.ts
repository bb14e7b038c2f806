/** Connections to the model server: one request in flight on each, kept while they are good, bounded in number. */
import { connect, type IpcNetConnectOpts, type Socket, type TcpNetConnectOpts } from "node:net";
import type { RelayCounters } from "../../metrics/requests/relay-counters.ts";
import type { Address } from "../../text/address.ts";
import type { RelayOptions } from "../options.ts";

/** A request in the pool's queue. It gets one call, unless it leaves the queue first. */
export interface PoolWaiter {
  /** The connection is the waiter's, which is no longer in the queue. */
  onUpstreamReady(connection: UpstreamConnection): void;
}

/**
 * Hands out connections, the one used last first, and queues requests when all are taken. A waiting request gets the
 * first connection that is free; requests are served in the order of their arrival.
 */
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

  /** A new connection, even beyond the bound: used in place of one that has just failed. */
  connect(): UpstreamConnection {
    const connection = new UpstreamConnection(this.#options.upstream, this);
    this.#all.add(connection);
    this.#counters.upstreamConnectsTotal++;
    this.#counters.upstreamConnectionsOpen++;
    return connection;
  }

  /** Queues a request; false when the queue is full. */
  enqueue(waiter: PoolWaiter): boolean {
    if (this.#waiters.size >= this.#options.limits.queued) return false;
    this.#waiters.add(waiter);
    this.#counters.queued++;
    return true;
  }

  /** Takes a request out of the queue; does nothing when it is not in it. */
  dequeue(waiter: PoolWaiter): void {
    if (this.#waiters.delete(waiter)) this.#counters.queued--;
  }

  /** Takes a connection back after a response; `isReusable` when another request may be sent on it. */
  release(connection: UpstreamConnection, isReusable: boolean, nowMs: number): void {
    connection.owner = undefined;
    if (!isReusable || connection.isClosed || connection.socket.destroyed) {
      connection.destroy();
      return;
    }
    const waiter = this.#nextWaiter();
    if (waiter !== undefined) {
      waiter.onUpstreamReady(connection);
    } else if (this.#idle.length >= this.#options.pool.maxIdleConnections) {
      connection.destroy();
    } else {
      connection.idleSinceMs = nowMs;
      this.#idle.push(connection);
      this.#counters.upstreamConnectionsIdle++;
    }
  }

  /** Closes connections that have been idle too long; the oldest come first. */
  sweep(nowMs: number): void {
    const { idleMs } = this.#options.pool;
    while (this.#idle.length > 0 && nowMs - this.#idle[0]!.idleSinceMs >= idleMs) this.#drop(this.#idle[0]!);
  }

  /** Closes every connection. */
  close(): void {
    for (const connection of this.#all) connection.destroy();
  }

  onIdleActivity(connection: UpstreamConnection): void {
    this.#drop(connection);
  }

  onClosed(connection: UpstreamConnection): void {
    if (!this.#all.delete(connection)) return;
    this.#counters.upstreamConnectionsOpen--;
    if (!connection.isConnected) this.#counters.upstreamConnectFailuresTotal++;
    this.#forgetIdle(connection);
    const waiter = this.#all.size < this.#maxConnections ? this.#nextWaiter() : undefined;
    waiter?.onUpstreamReady(this.connect());
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

/** The exchange that currently uses an upstream connection: it receives all events of it. */
export interface UpstreamOwner {
  /** Bytes arrived in [0, end) of `bytes`, which is read into again after the call. Returns false to stop reading. */
  onUpstreamBytes(bytes: Buffer, end: number): boolean;
  /** The server has closed its sending side. */
  onUpstreamEnd(): void;
  /** The connection is gone, in order or with an error; it has no owner any more. */
  onUpstreamClosed(): void;
}

/** The pool's view of its connections, in use or idle. */
export interface UpstreamWatcher {
  /** Bytes or an end on a connection that has no owner. */
  onIdleActivity(connection: UpstreamConnection): void;
  /** Called before {@link UpstreamOwner.onUpstreamClosed}. */
  onClosed(connection: UpstreamConnection): void;
}

const smallRead = 16 * 1024;
const largeRead = 64 * 1024;
/** How long a connection that no longer takes bytes is still read: the server may have responded early. */
const earlyResponseGraceMs = 100;

/**
 * One connection to the model server. Reads go into its own buffer, so that bytes can be passed on without a copy; a
 * reader that still needs them after its call says so with {@link retireBuffer}.
 */
export class UpstreamConnection {
  readonly socket: Socket;
  owner: UpstreamOwner | undefined;
  /** Requests that were sent on it. */
  uses = 0;
  idleSinceMs = 0;
  isConnected = false;
  isClosed = false;
  #hasWriteError = false;
  #buffer: Buffer = Buffer.allocUnsafeSlow(smallRead);
  #next: Buffer | undefined;
  readonly #watcher: UpstreamWatcher;

  constructor(address: Address, watcher: UpstreamWatcher) {
    this.#watcher = watcher;
    const onread = {
      buffer: () => this.#nextBuffer(),
      callback: (count: number, buffer: Uint8Array) => this.#onBytes(count, buffer as Buffer),
    };
    const place: TcpNetConnectOpts | IpcNetConnectOpts =
      address.kind === "unix" ? { path: address.path } : { host: address.host, port: address.port, noDelay: true };
    this.socket = connect({ ...place, onread, allowHalfOpen: true });
    this.#listen();
    this.#keepEarlyResponse();
  }

  /** True right after a write that found the connection broken. */
  get hasFailedWrite(): boolean {
    return this.#hasWriteError || this.socket.errored !== null;
  }

  /** Leaves the present read buffer to a socket that still points into it; the next read goes into a new one. */
  retireBuffer(): void {
    this.#next = Buffer.allocUnsafeSlow(smallRead);
  }

  /** Closes at once; the owner is not called any more. */
  destroy(): void {
    this.owner = undefined;
    this.socket.destroy();
  }

  #nextBuffer(): Buffer {
    if (this.#next !== undefined) {
      this.#buffer = this.#next;
      this.#next = undefined;
    }
    return this.#buffer;
  }

  #onBytes(count: number, buffer: Buffer): boolean {
    const { owner } = this;
    if (owner === undefined) {
      this.#watcher.onIdleActivity(this);
      return true;
    }
    // A read that fills the buffer says that more is coming: a larger one saves system calls.
    if (count === buffer.length && buffer.length < largeRead) this.#next = Buffer.allocUnsafeSlow(largeRead);
    return owner.onUpstreamBytes(buffer, count);
  }

  #listen(): void {
    const { socket } = this;
    socket.on("connect", () => {
      this.isConnected = true;
    });
    socket.on("end", () => {
      if (this.owner === undefined) this.#watcher.onIdleActivity(this);
      else this.owner.onUpstreamEnd();
    });
    // Every error is followed by `close`, which handles both.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      const { owner } = this;
      this.isClosed = true;
      this.owner = undefined;
      this.#watcher.onClosed(this);
      owner?.onUpstreamClosed();
    });
  }

  /**
   * A server that refuses a body responds, closes, and resets the connection when more arrives. The write that hits the reset fails
   * while the response is unread in the kernel; destroying the socket at once, as Node does, would lose it.
   */
  #keepEarlyResponse(): void {
    const { socket } = this;
    const destroy = socket.destroy.bind(socket);
    socket.destroy = (error?: Error & { syscall?: string }): Socket => {
      if (error?.syscall !== "write" || this.owner === undefined) return destroy(error);
      this.#hasWriteError = true;
      setTimeout(() => destroy(error), earlyResponseGraceMs).unref();
      return socket;
    };
  }
}
