/**
 * One client connection: it reads a head, gives the exchange what belongs to it, holds pipelined bytes until their turn,
 * begins again, and closes in order so that the last response arrives.
 */
import { Socket, type SocketConstructorOpts } from "node:net";
import { Progress } from "../../http1/header-section.ts";
import type { RequestHead } from "../../http1/request-head.ts";
import type { RelayContext } from "../context.ts";
import { hasUnflushedWrite, whenFlushed } from "../exchange/body-writer.ts";
import { ExchangeHandler } from "../exchange/exchange-handler.ts";
import type { Chunk, ConnectionDisposition, ExchangeHost } from "../exchange/serve-exchange.ts";

/** Maximum pipelined bytes held; above that the client is not read until they are used. */
const maxPendingBytes = 64 * 1024;
/** Size of a read while a body or a tunnel is under way. */
const bodyReadBytes = 64 * 1024;
/** How long a client that still sends is read after the last response: a reset before that could overtake the response. */
const lingerMs = 2000;
const nothing = Buffer.alloc(0);

/** `lingering`: the last response has been written, the client may still be sending. */
type Phase = "idle" | "head" | "exchange" | "lingering";

/** Serves the requests of one client connection, one after another, until either side closes it. */
export class ClientConnection implements ExchangeHost, ByteReader {
  readonly #context: RelayContext;
  readonly #socket: Socket;
  readonly #exchange: ExchangeHandler;
  #phase: Phase = "idle";
  /** When the phase began; its deadline counts from here. */
  #sinceMs: number;
  /** A head that did not arrive in one chunk: its parser, and its bytes so far. */
  #parser: RequestHead | undefined;
  #partial: Buffer = nothing;
  /** Pipelined bytes, which wait for the end of the current exchange. */
  #pending: Buffer = nothing;
  /** While a body or a tunnel is transferred: this connection's own buffer, which sockets may point into. */
  #bodyBuffer: Buffer | undefined;
  #isReading = false;
  /** True while the next request waits until the client has taken the last response. */
  #awaitsFlush = false;
  #hasEnded = false;
  /** When the client closed its sending side during an exchange, and what had been written to it by then. */
  #halfClosedMs = 0;
  #writtenAtHalfClose = 0;

  constructor(context: RelayContext, accepted: Socket, onClosed: (connection: ClientConnection) => void) {
    this.#context = context;
    const socket = takeOver(accepted, this);
    this.#socket = socket;
    this.#exchange = new ExchangeHandler(context, socket, this);
    this.#sinceMs = context.coarseMs;
    socket.on("end", () => this.#onEnd());
    // Every error is followed by `close`, which handles both.
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
        if (this.#isAbandoned(nowMs)) this.#socket.destroy();
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

  /** Closes in order: written bytes still arrive. */
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
    const chunk = { bytes: buffer, start: 0, end: count, isStable: buffer === this.#bodyBuffer };
    if (this.#phase === "exchange") this.#feedExchange(chunk);
    else if (this.#awaitsFlush) this.#hold(buffer.subarray(0, count));
    else this.#read(chunk);
  }

  onExchangeOver(disposition: ConnectionDisposition): void {
    if (disposition === "keep-alive") {
      this.#enter("idle");
      if (!this.#isReading) this.#readOn();
    } else if (disposition === "close") {
      this.close();
    } else {
      this.#enter("lingering");
      this.#pending = nothing;
      this.#socket.destroySoon();
    }
  }

  onBodyWanted(): void {
    const bytes = this.#pending;
    this.#pending = nothing;
    this.#socket.resume();
    if (bytes.length > 0) this.#feedExchange({ bytes, start: 0, end: bytes.length, isStable: true });
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#sinceMs = this.#context.coarseMs;
  }

  /** Gives the running exchange what belongs to it and holds the rest, in order. */
  #feedExchange(chunk: Chunk): void {
    let { start } = chunk;
    if (this.#pending.length === 0 && this.#exchange.takesBody) start = this.#exchange.acceptBody(chunk);
    if (start < chunk.end && this.#phase === "exchange") this.#hold(chunk.bytes.subarray(start, chunk.end));
  }

  #hold(bytes: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    if (this.#pending.length >= maxPendingBytes) this.#socket.pause();
  }

  /** Reads the pipelined bytes. */
  #readOn(): void {
    const bytes = this.#pending;
    this.#pending = nothing;
    // Nearly always it is not paused, and then `resume` would cost 150 instructions for nothing.
    if (this.#socket.isPaused()) this.#socket.resume();
    if (bytes.length > 0) {
      this.#read({ bytes, start: 0, end: bytes.length, isStable: true });
    }
    if (this.#hasEnded) this.#onEnd();
  }

  /** Reads requests, one after another as long as each is answered at once. */
  #read({ bytes, end }: Chunk): void {
    this.#isReading = true;
    let start = 0;
    while (start < end && this.#mayRead()) start = this.#readRequest(bytes, start, end);
    this.#isReading = false;
    if (start < end && this.#phase !== "lingering") this.#hold(bytes.subarray(start, end));
  }

  /** False while a request is served, and while the client has not taken the last response; then it reads on by itself. */
  #mayRead(): boolean {
    if (this.#phase !== "idle" && this.#phase !== "head") return false;
    if (this.#awaitsFlush) return false;
    if (!hasUnflushedWrite(this.#socket)) return true;
    this.#awaitsFlush = true;
    this.#socket.pause();
    whenFlushed(this.#socket, () => {
      this.#awaitsFlush = false;
      if (this.#phase === "idle") this.#readOn();
    });
    return false;
  }

  /** Reads one head, or a part of it; returns the offset after the used bytes. */
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
    const used = this.#exchange.start(
      parser,
      { bytes: input, start: base, end: limit, isStable: false },
      this.#sinceMs,
    );
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
    if (this.#phase !== "exchange") {
      this.#socket.destroySoon();
    } else if (this.#exchange.onClientEnd()) {
      this.#halfClosedMs = this.#context.coarseMs;
      this.#writtenAtHalfClose = this.#socket.bytesWritten;
    }
  }

  /** True when a half-closed client has waited too long for its response. One that took bytes meanwhile is still there. */
  #isAbandoned(nowMs: number): boolean {
    if (this.#halfClosedMs === 0 || this.#phase !== "exchange") return false;
    if (nowMs - this.#halfClosedMs < this.#context.options.timeouts.halfCloseMs) return false;
    return this.#socket.bytesWritten === this.#writtenAtHalfClose;
  }
}

/** The buffer for the next bytes of a connection, and their handler. */
export interface ByteReader {
  /** The buffer for the next read. */
  nextBuffer(): Buffer;
  /** The bytes are in [0, count) of `buffer`, which is read into again after the call unless {@link nextBuffer} changes it. */
  onBytes(buffer: Buffer, count: number): void;
}

interface HandleOwner {
  _handle?: unknown;
}

/**
 * Takes over an accepted socket so that it reads as `onread` sockets do, into a buffer that is given to it. Node offers
 * that for outgoing connections only; for accepted ones it would allocate 64 KiB for each read, which costs more than
 * parsing the request. The handle is what Node's own modules pass on in the same way. `accepted` is not usable afterwards.
 */
export function takeOver(accepted: Socket, reader: ByteReader): Socket {
  const owner = accepted as unknown as HandleOwner;
  // A Node that keeps its handles elsewhere: slower, and just as right.
  if (typeof owner._handle !== "object" || owner._handle === null) return readPlainly(accepted, reader);
  const options = {
    handle: owner._handle,
    allowHalfOpen: true,
    onread: {
      buffer: () => reader.nextBuffer(),
      callback: (count: number, buffer: Uint8Array) => {
        reader.onBytes(buffer as Buffer, count);
        return true;
      },
    },
  };
  owner._handle = null;
  return new Socket(options as SocketConstructorOpts);
}

function readPlainly(accepted: Socket, reader: ByteReader): Socket {
  accepted.on("data", (chunk: Buffer) => reader.onBytes(chunk, chunk.length));
  accepted.resume();
  return accepted;
}
