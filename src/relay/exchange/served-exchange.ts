/**
 * One exchange in progress: hand the request over, pass the response back, and come to exactly one end. Its promises:
 *
 * - a client that goes away ends its upstream request; an upstream that breaks off breaks the response visibly;
 * - a side that does not read stops the other, so memory is bounded whatever either side does;
 * - observers see the exchange after its last byte and cannot touch it.
 */
import type { Socket } from "node:net";
import { wireErrors, type WireErrorCode } from "../../errors/wire-errors.ts";
import { noBody } from "../../http1/framing.ts";
import type { RequestHead } from "../../http1/request-head.ts";
import type { Outcome } from "../../outcome.ts";
import { BodyPass } from "./body-pass.ts";
import { ClientRequest } from "../client/client-request.ts";
import { ClientSide } from "../client/client-side.ts";
import type { RelayContext } from "../context.ts";
import { overdue } from "./deadlines.ts";
import { ExchangeRecord } from "./exchange-record.ts";
import { HandOver, type HandOverOwner } from "../upstream/hand-over.ts";
import { composeAnswer, composeError } from "./own-answer.ts";
import { RequestBody } from "./request-body.ts";
import { ResponseStream } from "./response-stream.ts";
import { isClear } from "../socket-write.ts";
import { Tunnel } from "./tunnel.ts";

/** What is to become of the client's connection: serve the next request, close in order, or close now and visibly. */
export type Fate = "keep" | "close" | "break";

/** Who holds the client's connection. */
export interface ExchangeHost {
  /** The exchange is over; called once for each. */
  onExchangeOver(fate: Fate): void;
  /** There is somewhere for the bytes to go that were held: a connection was found, or a tunnel opened. */
  onHandedOver(): void;
}

/** A piece of what a client sent: bytes of [start, end). */
export interface Piece {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** The bytes stay as they are until a socket has sent them; else they are only there for the moment. */
  readonly lends: boolean;
}

/** Serves one exchange after another for a client connection. */
export class ServedExchange implements HandOverOwner {
  isActive = false;
  readonly #context: RelayContext;
  readonly #client: Socket;
  readonly #side: ClientSide;
  readonly #host: ExchangeHost;
  readonly #record = new ExchangeRecord();
  readonly #request: ClientRequest;
  readonly #body: RequestBody;
  readonly #pass: BodyPass;
  readonly #handOver: HandOver;
  readonly #response: ResponseStream;
  /** Time of the last byte in either direction, and of the last one that was sent to the upstream. */
  #activeMs = 0;
  #sentMs = 0;
  #tunnel: Tunnel | undefined;

  constructor(context: RelayContext, client: Socket, host: ExchangeHost) {
    this.#context = context;
    this.#client = client;
    this.#host = host;
    this.#side = new ClientSide(client);
    this.#request = new ClientRequest(context, client.remoteAddress ?? "unknown");
    this.#body = new RequestBody(context);
    this.#pass = new BodyPass(context.scratch);
    this.#handOver = new HandOver(context, this.#record, this);
    this.#response = new ResponseStream(context, this.#record);
  }

  /** True while the client's bytes belong to this exchange and there is somewhere for them to go. */
  get takesBody(): boolean {
    return this.#tunnel !== undefined || (!this.#body.isComplete && this.#handOver.upstream !== undefined);
  }

  /** Begins with a parsed head at the piece's start. Returns the offset after the last byte that belongs to the request. */
  start(head: RequestHead, { bytes, start, end }: Piece, beganMs: number): number {
    this.#begin(beganMs);
    const refusal = this.#request.read(head, bytes, start, this.#record);
    const bodyFault = this.#body.begin(head.framing);
    this.#response.begin(this.#request, this.#request.wantsClose || this.#context.isDraining);
    const isPassed = refusal === "" && bodyFault === "" && !this.#request.isLastHop;
    this.#context.scratch.writer.clear();
    if (isPassed) this.#request.compose(this.#context.scratch.writer, head, bytes, start);
    this.#pass.begin(bytes, isPassed ? this.#record.requestTap : undefined, false);
    const stop = this.#body.accept(bytes, start + head.length, end, this.#pass);
    this.#record.requestBodyBytes = this.#body.bytes;
    const fault = refusal || bodyFault || this.#body.fault;
    if (fault === "" || fault === "not_ready") this.#announce();
    if (fault !== "") this.fail(fault);
    else if (this.#request.isLastHop) this.#answerLastHop(head, bytes, start);
    else this.#dispatch();
    return stop;
  }

  /** Records and answers a request whose head was never understood. */
  refuse(code: WireErrorCode, beganMs: number): void {
    this.#begin(beganMs);
    this.#record.identity.clear();
    this.#request.reset();
    this.#response.begin(this.#request, true);
    this.#body.begin(noBody);
    this.fail(code);
  }

  /** Takes bytes of the request's body (or of a tunnel); returns the offset after the last that it took. */
  acceptBody({ bytes, start, end, lends }: Piece): number {
    this.#activeMs = this.#context.coarseMs;
    this.#sentMs = this.#activeMs;
    if (this.#tunnel !== undefined) {
      this.#tunnel.fromClient(Buffer.from(bytes.subarray(start, end)));
      return end;
    }
    const { socket } = this.#handOver.upstream!;
    this.#handOver.forbidRetry();
    this.#context.scratch.writer.clear();
    this.#pass.begin(bytes, this.#record.requestTap, lends);
    const stop = this.#body.accept(bytes, start, end, this.#pass);
    this.#record.requestBodyBytes = this.#body.bytes;
    if (this.#body.fault !== "") {
      this.fail(this.#body.fault);
      return end;
    }
    this.#pass.send(socket);
    this.#context.scratch.writer.clear();
    if (!this.#body.isComplete || lends) this.#side.waitFor(socket, () => this.#body.resetRate());
    return stop;
  }

  /** The client has closed its sending side. */
  onClientEnd(): void {
    if (this.#tunnel !== undefined) {
      this.#tunnel.endFromClient();
    } else if (this.#body.isComplete) {
      this.#side.halfClose(this.#context.coarseMs);
    } else {
      this.onClientGone();
      this.#client.destroy();
    }
  }

  /** The client's connection is gone. */
  onClientGone(): void {
    if (!this.isActive) return;
    const isOrderly = this.#tunnel !== undefined;
    this.#handOver.drop();
    this.#context.tick();
    this.#finish(isOrderly ? "ok" : "client_abort", "");
  }

  /** Ends the exchange when a time-out has passed. */
  check(nowMs: number): void {
    const { timeouts } = this.#context.options;
    const code = overdue(this.#waiting(), timeouts, nowMs);
    if (code !== "") this.fail(code);
    else if (this.#side.isAbandoned(nowMs, timeouts.halfCloseMs)) this.#client.destroy();
    else if (this.#isClientsTurn && this.#body.isTooSlow(nowMs)) this.fail("body_timeout");
  }

  /** Ends the exchange with an error of our own: an answer if none has begun, else a visible break. */
  fail(code: WireErrorCode): void {
    this.#handOver.drop();
    this.#context.tick();
    const { outcome } = wireErrors[code];
    if (this.#response.hasBegun) {
      this.#context.counters.responsesBrokenTotal++;
      this.#finish(outcome, code);
      if (this.#response.needsReset) this.#client.resetAndDestroy();
      this.#host.onExchangeOver("break");
      return;
    }
    const endsConnection = outcome === "bad_request" || outcome === "timeout";
    const close = this.#response.close || endsConnection || !this.#body.isComplete;
    const { isHead, detail, allow } = this.#request;
    const requestId = this.#record.identity.id;
    this.#record.status = composeError(this.#context, code, { isHead, close, requestId, detail, allow });
    this.#sendOwnAnswer(outcome, code, close ? "close" : "keep");
  }

  onUpstreamBytes(bytes: Buffer, end: number): boolean {
    this.#activeMs = this.#context.tick();
    if (this.#tunnel !== undefined) return this.#tunnel.fromUpstream(bytes, end);
    const response = this.#response;
    // Whoever answers before it has read the body may never read it: that connection cannot go on.
    if (!response.hasBegun) response.close ||= this.#context.isDraining || !this.#body.isComplete;
    const progress = response.accept(bytes, end, this.#client);
    switch (progress) {
      case "more":
        return this.#side.keepsUp(this.#handOver.upstream!);
      case "done":
        this.#complete();
        return true;
      case "upgraded":
        this.#tunnel = new Tunnel(this.#context, this.#record, this.#client, this.#handOver.upstream!.socket);
        this.#host.onHandedOver();
        return this.#side.keepsUp(this.#handOver.upstream!);
      default:
        this.fail(progress);
        return true;
    }
  }

  onUpstreamDrain(): void {
    this.#tunnel?.onUpstreamDrain();
  }

  onUpstreamEnd(): void {
    this.#context.tick();
    if (this.#tunnel !== undefined) {
      this.#tunnel.endFromUpstream();
    } else if (this.#response.endsWithConnection) {
      this.#response.acceptEnd(this.#client);
      this.#complete();
    } else {
      this.#loseUpstream();
    }
  }

  onUpstreamClosed(): void {
    this.#context.tick();
    if (this.#tunnel === undefined) {
      this.#loseUpstream();
      return;
    }
    this.#handOver.drop();
    this.#finish("ok", "");
    this.#host.onExchangeOver("break");
  }

  onHandedOver(): void {
    this.#activeMs = this.#context.coarseMs;
    this.#sentMs = this.#activeMs;
    this.#host.onHandedOver();
  }

  #begin(beganMs: number): void {
    this.isActive = true;
    this.#context.counters.inFlight++;
    this.#record.begin(beganMs, beganMs + this.#context.wallOffsetMs);
    this.#activeMs = beganMs;
    this.#sentMs = beganMs;
    this.#tunnel = undefined;
  }

  #dispatch(): void {
    const isRepeatable =
      this.#body.isComplete && (this.#request.isIdempotent || this.#context.options.pool.retryUnsafe);
    const isTaken = this.#handOver.dispatch(this.#pass, isRepeatable);
    this.#context.scratch.writer.clear();
    if (!isTaken) this.fail("concurrency_exceeded");
    else if (!this.#body.isComplete && this.#handOver.upstream !== undefined) {
      this.#side.waitFor(this.#handOver.upstream.socket, () => this.#body.resetRate());
    }
  }

  /** The client was told to wait for 100 Continue, which has not come yet. */
  get #awaitsContinue(): boolean {
    return this.#request.expectsContinue && this.#body.bytes === 0 && !this.#response.hasBytes;
  }

  get #isClientsTurn(): boolean {
    return !this.#side.isPaused && !this.#handOver.isQueued && !this.#awaitsContinue;
  }

  #waiting(): Parameters<typeof overdue>[0] {
    const { upstream, isQueued } = this.#handOver;
    return {
      beganMs: this.#record.beganMs,
      sentMs: this.#sentMs,
      activeMs: this.#tunnel?.activeMs ?? this.#activeMs,
      queuedMs: isQueued ? this.#record.queuedAtMs : 0,
      connectingMs: upstream !== undefined && !upstream.isConnected ? this.#record.handedOverMs : 0,
      awaitsFirstByte: (this.#body.isComplete || this.#awaitsContinue) && !this.#response.hasBegun,
      isTunnel: this.#tunnel !== undefined,
    };
  }

  #loseUpstream(): void {
    const wasConnected = this.#handOver.upstream?.isConnected ?? false;
    if (!this.#response.hasBytes && this.#handOver.retry()) return;
    this.fail(wasConnected ? "upstream_reset" : "upstream_unreachable");
  }

  /** Max-Forwards: 0 ends here: OPTIONS gets an empty answer, TRACE its own head back (RFC 9110 §9.3.7–8). */
  #answerLastHop(head: RequestHead, bytes: Buffer, base: number): void {
    const isTrace = this.#record.method === "TRACE";
    const close = this.#response.close || !this.#body.isComplete;
    composeAnswer(this.#context, 200, {
      isHead: false,
      close,
      requestId: this.#record.identity.id,
      lines: isTrace ? ["Content-Type: message/http"] : [],
      body: isTrace ? this.#request.describe(head, bytes, base) : Buffer.alloc(0),
    });
    this.#record.status = 200;
    this.#sendOwnAnswer("ok", "", close ? "close" : "keep");
  }

  #sendOwnAnswer(outcome: Outcome, code: WireErrorCode | "", fate: Fate): void {
    const { scratch } = this.#context;
    scratch.sendTo(this.#client);
    scratch.writer.clear();
    this.#finish(outcome, code);
    this.#host.onExchangeOver(fate);
  }

  #complete(): void {
    const { status } = this.#record;
    const isReusable = this.#response.isReusable && this.#body.isComplete;
    // The client's socket still points into what was read: the connection goes on with another buffer.
    if (!isClear(this.#client)) this.#handOver.upstream!.retireBuffer();
    this.#finish(status < 400 ? "ok" : status < 500 ? "client_error" : "upstream_error", "");
    this.#handOver.release(isReusable);
    this.#host.onExchangeOver(this.#response.close ? "close" : "keep");
  }

  #announce(): void {
    for (const observer of this.#context.options.observers) {
      try {
        observer.begin?.(this.#record.route, this.#record.startedAtMs);
      } catch {
        this.#context.counters.observerFailuresTotal++;
      }
    }
  }

  #finish(outcome: Outcome, code: WireErrorCode | ""): void {
    if (!this.isActive) return;
    const { counters, options } = this.#context;
    const record = this.#record;
    this.isActive = false;
    this.#side.resume();
    this.#tunnel?.close();
    this.#tunnel = undefined;
    counters.inFlight--;
    record.outcome = outcome;
    record.errorCode = code;
    record.end(this.#context.coarseMs);
    for (const observer of options.observers) {
      try {
        observer.observe(record);
      } catch {
        counters.observerFailuresTotal++;
      }
    }
    record.releaseTaps();
  }
}
