/**
 * The story of one client connection, top to bottom: read a strict head, let the exchange have it, hold what comes
 * ahead of its turn, begin again, and leave in order so that the last answer arrives.
 */
import type { Socket } from "node:net";
import { Progress } from "../http1/header-section.ts";
import type { RequestHead } from "../http1/request-head.ts";
import type { RelayContext } from "./context.ts";
import { type ExchangeHost, type Fate, ServedExchange } from "./served-exchange.ts";

/** Bytes a client may send ahead of their turn before it is no longer read. */
const mostPending = 64 * 1024;
/** How long a client that still sends is listened to after the last answer, so that it can read that answer. */
const lingerMs = 2000;
const nothing = Buffer.alloc(0);

/** `lingering`: all is said, the client may still be sending. */
type Phase = "idle" | "head" | "exchange" | "lingering";

/** One client connection. */
export class ClientConnection implements ExchangeHost {
  readonly #context: RelayContext;
  readonly #socket: Socket;
  readonly #exchange: ServedExchange;
  #phase: Phase = "idle";
  /** When the phase began; its deadline counts from here. */
  #sinceMs: number;
  /** A head that has not come in one piece: its parser, and its bytes so far. */
  #parser: RequestHead | undefined;
  #partial: Buffer = nothing;
  /** What came ahead of its turn. */
  #pending: Buffer = nothing;
  #isReading = false;
  #hasEnded = false;

  constructor(context: RelayContext, socket: Socket, onClosed: (connection: ClientConnection) => void) {
    this.#context = context;
    this.#socket = socket;
    this.#exchange = new ServedExchange(context, socket, this);
    this.#sinceMs = context.coarseMs;
    socket.on("data", (chunk: Buffer) => this.#onData(chunk));
    socket.on("end", () => this.#onEnd());
    // Every error is followed by `close`, which tells all there is to do.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.#phase = "lingering";
      this.#returnParser();
      this.#exchange.onClientGone();
      onClosed(this);
    });
  }

  /** True while no request is being read or served. */
  get isIdle(): boolean {
    return this.#phase === "idle" || this.#phase === "lingering";
  }

  /** Ends the phase that has lasted too long. */
  check(nowMs: number): void {
    const { timeouts } = this.#context.options;
    const lastedMs = nowMs - this.#sinceMs;
    switch (this.#phase) {
      case "exchange":
        this.#exchange.check(nowMs);
        break;
      case "head":
        if (lastedMs >= timeouts.headerMs) this.#exchange.refuse("header_timeout", this.#sinceMs);
        break;
      case "idle":
        if (lastedMs >= timeouts.idleMs) this.close();
        break;
      default:
        if (lastedMs >= lingerMs) this.#socket.destroy();
    }
  }

  /** Closes in order: what was written still arrives. */
  close(): void {
    this.#enter("lingering");
    this.#returnParser();
    this.#pending = nothing;
    this.#socket.resume();
    if (this.#hasEnded) this.#socket.destroySoon();
    else this.#socket.end();
  }

  /** Ends whatever is going on, now; an exchange in progress is recorded as cut off by the drain. */
  abort(): void {
    if (this.#exchange.isActive) this.#exchange.fail("drain_timeout");
    else this.#socket.destroy();
  }

  onExchangeOver(fate: Fate): void {
    if (fate === "keep") {
      this.#enter("idle");
      if (!this.#isReading) this.#readOn();
    } else if (fate === "close") {
      this.close();
    } else {
      this.#enter("lingering");
      this.#pending = nothing;
      this.#socket.destroySoon();
    }
  }

  onHandedOver(): void {
    const input = this.#pending;
    this.#pending = nothing;
    this.#socket.resume();
    this.#feedExchange(input);
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#sinceMs = this.#context.coarseMs;
  }

  #onData(chunk: Buffer): void {
    if (this.#phase === "lingering") return;
    if (this.#phase === "exchange") this.#feedExchange(chunk);
    else this.#read(chunk);
  }

  /** Gives the running exchange what belongs to it and holds the rest, in order. */
  #feedExchange(chunk: Buffer): void {
    let start = 0;
    if (this.#pending.length === 0 && this.#exchange.takesBody) {
      start = this.#exchange.acceptBody(chunk, 0, chunk.length);
    }
    if (start < chunk.length && this.#phase === "exchange") this.#hold(chunk.subarray(start));
  }

  #hold(bytes: Buffer): void {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    if (this.#pending.length >= mostPending) this.#socket.pause();
  }

  /** What came ahead has its turn now. */
  #readOn(): void {
    const input = this.#pending;
    this.#pending = nothing;
    if (input.length > 0) {
      this.#socket.resume();
      this.#read(input);
    }
    if (this.#hasEnded && this.#phase !== "exchange") this.#onEnd();
  }

  /** Reads requests, one after another as long as each is answered at once. */
  #read(bytes: Buffer): void {
    this.#isReading = true;
    let input = bytes;
    while (input.length > 0 && (this.#phase === "idle" || this.#phase === "head")) input = this.#readRequest(input);
    this.#isReading = false;
    if (input.length > 0 && this.#phase === "exchange") this.#hold(input);
  }

  /** Reads one head, or a part of it; returns the bytes after what was used. */
  #readRequest(bytes: Buffer): Buffer {
    const input = this.#partial.length === 0 ? bytes : Buffer.concat([this.#partial, bytes]);
    const parser = (this.#parser ??= this.#context.takeRequestHead());
    if (this.#phase === "idle") {
      this.#context.coarseMs = this.#context.clock.monotonicMs();
      this.#enter("head");
    }
    const progress = parser.read(input, 0, input.length);
    if (progress === Progress.needsMore) {
      this.#partial = input;
      return nothing;
    }
    this.#partial = nothing;
    const beganMs = this.#sinceMs;
    this.#phase = "exchange";
    if (progress === Progress.faulty) {
      const fault = parser.fault === "" ? "internal_error" : parser.fault;
      this.#returnParser();
      this.#exchange.refuse(fault, beganMs);
      return nothing;
    }
    const used = this.#exchange.start(parser, input, 0, input.length, beganMs);
    this.#returnParser();
    return used === input.length ? nothing : input.subarray(used);
  }

  #returnParser(): void {
    if (this.#parser !== undefined) this.#context.returnRequestHead(this.#parser);
    this.#parser = undefined;
    this.#partial = nothing;
  }

  #onEnd(): void {
    this.#hasEnded = true;
    if (this.#phase === "exchange") this.#exchange.onClientEnd();
    else this.#socket.destroySoon();
  }
}
