/** Keeping pace with a client: stopping it, waiting for it, and noticing that it has gone. */
import type { Socket } from "node:net";
import { isClear } from "../socket-write.ts";
import type { UpstreamConnection } from "../upstream/upstream-connection.ts";

const nothing = Buffer.alloc(0);

/** The flow of one client's socket. */
export class ClientSide {
  /** True while the client is not read because the upstream does not keep up. */
  isPaused = false;
  readonly #socket: Socket;
  #halfClosedMs = 0;
  #writtenAtHalfClose = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  pause(): void {
    this.isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.#socket.resume();
  }

  /** False when the client has not taken all that was written: `upstream` is then read again once it has. */
  keepsUp(upstream: UpstreamConnection): boolean {
    if (isClear(this.#socket)) return true;
    // An empty write is done when all before it is: Node tells of `drain` only above a high-water mark.
    this.#socket.write(nothing, () => upstream.socket.resume());
    return false;
  }

  /** Stops reading the client until `upstream` has taken all that was written. */
  waitFor(upstream: Socket, onResume: () => void): void {
    if (isClear(upstream)) return;
    this.pause();
    upstream.write(nothing, (error) => {
      if (error !== null && error !== undefined) return;
      this.resume();
      onResume();
    });
  }

  /** The client has closed its sending side: it has gone, or it only has nothing more to say. */
  halfClose(nowMs: number): void {
    this.#halfClosedMs = nowMs;
    this.#writtenAtHalfClose = this.#socket.bytesWritten;
  }

  /** True when a half-closed client has waited too long for its answer. One that took bytes meanwhile is still there. */
  isAbandoned(nowMs: number, halfCloseMs: number): boolean {
    if (this.#halfClosedMs === 0 || nowMs - this.#halfClosedMs < halfCloseMs) return false;
    return this.#socket.bytesWritten === this.#writtenAtHalfClose;
  }
}
