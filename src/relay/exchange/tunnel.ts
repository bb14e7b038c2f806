/** An upgraded connection: bytes both ways, untouched, until either side is gone. */
import type { Socket } from "node:net";
import type { RelayContext } from "../context.ts";
import type { ExchangeRecord } from "./exchange-record.ts";

const nothing = Buffer.alloc(0);

/** Passes bytes between a client and an upstream socket; a side that does not read stops the other. */
export class Tunnel {
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #record: ExchangeRecord;
  readonly #context: RelayContext;
  activeMs: number;

  constructor(context: RelayContext, record: ExchangeRecord, client: Socket, upstream: Socket) {
    this.#context = context;
    this.#record = record;
    this.#client = client;
    this.#upstream = upstream;
    this.activeMs = context.coarseMs;
    context.counters.tunnelsOpen++;
  }

  /** Takes bytes that stay as they are until they have been sent. */
  fromClient(chunk: Buffer): void {
    this.activeMs = this.#context.coarseMs;
    this.#record.requestBodyBytes += chunk.length;
    this.#context.counters.requestBodyBytesTotal += chunk.length;
    if (!this.#upstream.write(chunk)) this.#client.pause();
  }

  /** Returns false when the client does not keep up: reading goes on once it has taken all. */
  fromUpstream(bytes: Buffer, end: number): boolean {
    this.activeMs = this.#context.coarseMs;
    this.#record.responseBodyBytes += end;
    this.#context.counters.responseBodyBytesTotal += end;
    this.#client.write(bytes.subarray(0, end));
    if (this.#client.writableLength === 0) return true;
    this.#client.write(nothing, () => this.#upstream.resume());
    return false;
  }

  onUpstreamDrain(): void {
    this.#client.resume();
  }

  /** One side has sent its last byte: so has the tunnel, in that direction. */
  endFromClient(): void {
    this.#upstream.end();
  }

  endFromUpstream(): void {
    this.#client.end();
  }

  close(): void {
    this.#context.counters.tunnelsOpen--;
  }
}
