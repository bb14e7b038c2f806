/** A socket that writes down what it is given, takes it or does not, and keeps what it was given as it is. */
import type { Socket } from "node:net";

/** The parts of a socket that the relay writes through. */
export class RecordedSocket {
  connecting = false;
  readonly writable = true;
  /** True for a peer that does not read: what is written then waits, uncopied, as in a real socket. */
  isStuck = false;
  errored: Error | null = null;
  bytesWritten = 0;
  isPaused = false;
  readonly pieces: Uint8Array[] = [];
  readonly calls: string[] = [];
  #waiting = 0;
  readonly #whenTaken: ((error?: Error | null) => void)[] = [];
  #taken: Uint8Array[] = [];
  #takenCount = 0;

  /** This, as the socket it stands for. */
  get socket(): Socket {
    return this as unknown as Socket;
  }

  get writableLength(): number {
    return this.#waiting;
  }

  write(bytes: Uint8Array, done?: (error?: Error | null) => void): boolean {
    this.pieces.push(bytes);
    if (this.isStuck || this.connecting) {
      this.#waiting += bytes.length;
      if (done !== undefined) this.#whenTaken.push(done);
      return false;
    }
    this.#take();
    done?.();
    return true;
  }

  /** A direct write: done in the course of the call, or later and invisible to {@link writableLength}. */
  _write(bytes: Uint8Array, _encoding: string, done: (error?: Error | null) => void): void {
    this.pieces.push(bytes);
    if (this.isStuck) {
      this.#whenTaken.push(done);
      return;
    }
    this.#take();
    done();
  }

  /** The peer reads again: what waited is sent as it is now. */
  unstick(error?: Error): void {
    this.isStuck = false;
    this.connecting = false;
    this.#take();
    for (const done of this.#whenTaken.splice(0)) done(error ?? null);
  }

  cork(): void {
    this.calls.push("cork");
  }

  uncork(): void {
    this.calls.push("uncork");
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  /** What has arrived at the peer. */
  get arrived(): Buffer {
    return Buffer.concat(this.#taken);
  }

  #take(): void {
    const fresh = this.pieces.slice(this.#takenCount).map((bytes) => Buffer.from(bytes));
    this.#taken = [...this.#taken, ...fresh];
    this.#takenCount = this.pieces.length;
    this.bytesWritten = this.#taken.reduce((sum, bytes) => sum + bytes.length, 0);
    this.#waiting = 0;
  }
}

/** True when `view` is memory of `whole`, not a copy. */
export const isPartOf = (view: Uint8Array, whole: Uint8Array): boolean =>
  view.buffer === whole.buffer &&
  view.byteOffset >= whole.byteOffset &&
  view.byteOffset + view.length <= whole.byteOffset + whole.length;
