/** An upgraded connection: bytes both ways, untouched, until one side is gone. */
import type { Socket } from "node:net";
import type { RelayContext } from "../context.ts";
import type { ExchangeRecord } from "./exchange-record.ts";

/** Passes bytes between a client and an upstream socket; a side that does not read stops the other. */
export class Tunnel {
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #record: ExchangeRecord;
  readonly #context: RelayContext;
  /** Monotonic time of the last byte in either direction. */
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
  fromClient(bytes: Buffer): void {
    this.activeMs = this.#context.coarseMs;
    this.#record.requestBodyBytes += bytes.length;
    this.#context.counters.requestBodyBytesTotal += bytes.length;
    if (this.#upstream.write(bytes)) return;
    this.#client.pause();
    this.#upstream.once("drain", () => this.#client.resume());
  }

  /** Takes bytes of [0, end) that are read over afterwards unless the caller waits for the client to take them. */
  fromUpstream(bytes: Buffer, end: number): void {
    this.activeMs = this.#context.coarseMs;
    this.#record.responseBodyBytes += end;
    this.#context.counters.responseBodyBytesTotal += end;
    this.#client.write(bytes.subarray(0, end));
  }

  /** The client has sent its last byte: the tunnel ends in that direction. */
  endFromClient(): void {
    this.#upstream.end();
  }

  /** The upstream has sent its last byte: the tunnel ends in that direction. */
  endFromUpstream(): void {
    this.#client.end();
  }

  /** The tunnel is over; closing the sockets is the caller's part. */
  close(): void {
    this.#context.counters.tunnelsOpen--;
  }
}
