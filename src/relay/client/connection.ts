/**
 * The story of one client connection, top to bottom: read a strict head, let the exchange have it, hold what comes
 * ahead of its turn, begin again, and leave in order so that the last answer arrives.
 */
import type { Socket } from "node:net";
import { Progress } from "../../http1/header-section.ts";
import type { RequestHead } from "../../http1/request-head.ts";
import { type ByteReader, takeOver } from "./client-socket.ts";
import type { RelayContext } from "../context.ts";
import { isClear } from "../socket-write.ts";
import { type ExchangeHost, type Fate, type Piece, ServedExchange } from "../exchange/served-exchange.ts";

/** Bytes a client may send ahead of their turn before it is no longer read. */
const maxPendingBytes = 64 * 1024;
/** Size of a read while a body or a tunnel is under way. */
const bodyReadBytes = 64 * 1024;
/** How long a client that still sends is listened to after the last answer, so that it can read that answer. */
const lingerMs = 2000;
const nothing = Buffer.alloc(0);

/** `lingering`: all is said, the client may still be sending. */
type Phase = "idle" | "head" | "exchange" | "lingering";

/** One client connection. */
export class ClientConnection implements ExchangeHost, ByteReader {
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
  /** While a body or a tunnel is under way: a buffer of its own, which sockets may point into. */
  #bodyBuffer: Buffer | undefined;
  #isReading = false;
  #isUntaken = false;
  #hasEnded = false;

  constructor(context: RelayContext, accepted: Socket, onClosed: (connection: ClientConnection) => void) {
    this.#context = context;
    const socket = takeOver(accepted, this);
    this.#socket = socket;
    this.#exchange = new ServedExchange(context, socket, this);
    this.#sinceMs = context.coarseMs;
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
    if (this.#phase === "lingering") return;
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

  nextBuffer(): Buffer {
    // The socket's constructor asks for the first time, before there is an exchange.
    if (this.#phase === "exchange" && this.#exchange.takesBody) {
      return (this.#bodyBuffer ??= Buffer.allocUnsafeSlow(bodyReadBytes));
    }
    this.#bodyBuffer = undefined;
    return this.#context.readBuffer;
  }

  onBytes(buffer: Buffer, count: number): void {
    if (this.#phase === "lingering") return;
    const piece = { bytes: buffer, start: 0, end: count, lends: buffer === this.#bodyBuffer };
    if (this.#phase === "exchange") this.#feedExchange(piece);
    else if (this.#isUntaken) this.#hold(buffer.subarray(0, count));
    else this.#read(piece);
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
    const bytes = this.#pending;
    this.#pending = nothing;
    this.#socket.resume();
    if (bytes.length > 0) this.#feedExchange({ bytes, start: 0, end: bytes.length, lends: true });
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#sinceMs = this.#context.coarseMs;
  }

  /** Gives the running exchange what belongs to it and holds the rest, in order. */
  #feedExchange(piece: Piece): void {
    let { start } = piece;
    if (this.#pending.length === 0 && this.#exchange.takesBody) start = this.#exchange.acceptBody(piece);
    if (start < piece.end && this.#phase === "exchange") this.#hold(piece.bytes.subarray(start, piece.end));
  }

  #hold(bytes: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    if (this.#pending.length >= maxPendingBytes) this.#socket.pause();
  }

  /** What came ahead has its turn now. */
  #readOn(): void {
    const bytes = this.#pending;
    this.#pending = nothing;
    this.#socket.resume();
    if (bytes.length > 0) {
      this.#read({ bytes, start: 0, end: bytes.length, lends: true });
    }
    if (this.#hasEnded) this.#onEnd();
  }

  /** Reads requests, one after another as long as each is answered at once. */
  #read({ bytes, end }: Piece): void {
    this.#isReading = true;
    let start = 0;
    while (start < end && this.#mayRead()) start = this.#readRequest(bytes, start, end);
    this.#isReading = false;
    if (start < end && this.#phase !== "lingering") this.#hold(bytes.subarray(start, end));
  }

  /** False while a request is served, and while the client has not taken the last answer: then once it has. */
  #mayRead(): boolean {
    if (this.#phase !== "idle" && this.#phase !== "head") return false;
    if (this.#isUntaken) return false;
    if (isClear(this.#socket)) return true;
    this.#isUntaken = true;
    this.#socket.pause();
    this.#socket.write(nothing, () => {
      this.#isUntaken = false;
      if (this.#phase === "idle") this.#readOn();
    });
    return false;
  }

  /** Reads one head, or a part of it; returns the offset after what was used. */
  #readRequest(bytes: Buffer, start: number, end: number): number {
    const parser = (this.#parser ??= this.#context.takeRequestHead());
    if (this.#phase === "idle") {
      this.#context.tick();
      this.#enter("head");
    }
    const held = this.#partial.length;
    const input = held === 0 ? bytes : Buffer.concat([this.#partial, bytes.subarray(start, end)]);
    const base = held === 0 ? start : 0;
    const limit = held === 0 ? end : input.length;
    const progress = parser.read(input, base, limit);
    if (progress === Progress.needsMore) {
      this.#partial = held === 0 ? Buffer.from(bytes.subarray(start, end)) : input;
      return end;
    }
    this.#partial = nothing;
    this.#phase = "exchange";
    if (progress === Progress.faulty) {
      const { fault } = parser;
      this.#returnParser();
      this.#exchange.refuse(fault === "" ? "internal_error" : fault, this.#sinceMs);
      return end;
    }
    const used = this.#exchange.start(parser, { bytes: input, start: base, end: limit, lends: false }, this.#sinceMs);
    this.#returnParser();
    return end - (limit - used);
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
