/** One connection to the model server: a socket, the buffer it reads into, and whoever is using it. */
import { connect, type Socket, type TcpNetConnectOpts, type IpcNetConnectOpts } from "node:net";
import type { Address } from "../../text/address.ts";

/** Whoever is using an upstream connection. */
export interface UpstreamOwner {
  /** Bytes arrived in [0, end) of `bytes`, which is read into again after the call. Returns false to stop reading. */
  onUpstreamBytes(bytes: Buffer, end: number): boolean;
  /** The connection takes bytes again. */
  onUpstreamDrain(): void;
  /** The server has closed its sending side. */
  onUpstreamEnd(): void;
  /** The connection is gone. `error` is missing when it was closed in order. */
  onUpstreamClosed(error: NodeJS.ErrnoException | undefined): void;
}

/** What the pool needs to hear. */
export interface UpstreamWatcher {
  onConnect(connection: UpstreamConnection): void;
  /** Bytes or an end on a connection that nobody uses. */
  onIdleTrouble(connection: UpstreamConnection): void;
  onClosed(connection: UpstreamConnection): void;
}

const smallRead = 16 * 1024;
const largeRead = 64 * 1024;
/** How long a connection that no longer takes bytes is still read: its last words may be the response. */
const lastWordsMs = 100;

/** Reads always go into the connection's own buffer, so bytes can be handed on without a copy. */
export class UpstreamConnection {
  readonly socket: Socket;
  owner: UpstreamOwner | undefined;
  /** Requests that were sent on it. */
  uses = 0;
  idleSinceMs = 0;
  isConnected = false;
  isClosed = false;
  #lastWriteFailed = false;
  #buffer: Buffer = Buffer.allocUnsafeSlow(smallRead);
  #next: Buffer | undefined;
  #error: NodeJS.ErrnoException | undefined;
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
    this.#readLastWords();
  }

  /** True right after a write that found the connection broken. */
  get hasFailedWrite(): boolean {
    return this.#lastWriteFailed || this.socket.errored !== null;
  }

  /** Leaves the present read buffer to whoever still points into it. */
  retireBuffer(): void {
    this.#next = Buffer.allocUnsafeSlow(smallRead);
  }

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
      this.#watcher.onIdleTrouble(this);
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
      this.#watcher.onConnect(this);
    });
    socket.on("drain", () => this.owner?.onUpstreamDrain());
    socket.on("end", () => {
      if (this.owner === undefined) this.#watcher.onIdleTrouble(this);
      else this.owner.onUpstreamEnd();
    });
    socket.on("error", (error) => {
      this.#error = error;
    });
    socket.on("close", () => {
      const { owner } = this;
      this.isClosed = true;
      this.owner = undefined;
      this.#watcher.onClosed(this);
      owner?.onUpstreamClosed(this.#error);
    });
  }

  /**
   * A server that refuses a body answers, closes, and resets what still comes. The write that hits the reset fails
   * while the answer lies unread in the kernel; destroying the socket at once, as Node does, would lose it.
   */
  #readLastWords(): void {
    const { socket } = this;
    const destroy = socket.destroy.bind(socket);
    socket.destroy = (error?: Error & { syscall?: string }): Socket => {
      if (error?.syscall !== "write" || this.owner === undefined) return destroy(error);
      this.#lastWriteFailed = true;
      setTimeout(() => destroy(error), lastWordsMs).unref();
      return socket;
    };
  }
}
