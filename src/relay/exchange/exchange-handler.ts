/**
 * One exchange in progress: the steps of {@link serveExchange}, and what sockets and time-outs do between them. It
 * guarantees:
 *
 * - a client that goes away ends its upstream request; an upstream that breaks off breaks the response visibly;
 * - a socket that is not read stops the other, so memory is bounded whatever client and upstream do;
 * - an exchange ends exactly once; observers see it after its last byte and cannot touch it.
 */
import type { Socket } from "node:net";
import { wireErrors, type WireErrorCode } from "../../errors/wire-errors.ts";
import { noBody } from "../../http1/framing.ts";
import type { RequestHead } from "../../http1/request-head.ts";
import type { ParsedRequest } from "../../http1/request-facts.ts";
import type { Outcome } from "../../outcome.ts";
import { BodyWriter, type HeadBuffer, hasUnflushedWrite } from "./body-writer.ts";
import { ClientRequest } from "../client/client-request.ts";
import { RequestIdentity } from "../client/identity.ts";
import type { RelayContext } from "../context.ts";
import { overdue } from "./deadlines.ts";
import { ExchangeRecord } from "./exchange-record.ts";
import { writeErrorReply, writeLastHopReply } from "./local-reply.ts";
import { RequestBody } from "./request-body.ts";
import { ResponseStream } from "./response-stream.ts";
import type { Chunk, ExchangeHost, ExchangeSteps, IncomingRequest, IncomingResponse } from "./serve-exchange.ts";
import { serveExchange } from "./serve-exchange.ts";
import { checkMove, type Stage } from "./stage.ts";
import { Tunnel } from "./tunnel.ts";
import { type AttemptOwner, UpstreamAttempt } from "../upstream/upstream-attempt.ts";
import type { UpstreamConnection } from "../upstream/upstream-pool.ts";

/** Serves one exchange after another for a client connection. */
export class ExchangeHandler implements ExchangeSteps, AttemptOwner {
  #stage: Stage = "done";
  readonly #context: RelayContext;
  readonly #client: Socket;
  readonly #host: ExchangeHost;
  readonly #identity = new RequestIdentity();
  readonly #record = new ExchangeRecord(this.#identity);
  readonly #request: ClientRequest;
  readonly #body: RequestBody;
  readonly #writer = new BodyWriter();
  readonly #attempt: UpstreamAttempt;
  readonly #response: ResponseStream;
  /** Monotonic time of the last byte in either direction, and of the last one that was sent to the upstream. */
  #activeMs = 0;
  #sentMs = 0;
  #tunnel: Tunnel | undefined;

  constructor(context: RelayContext, client: Socket, host: ExchangeHost) {
    this.#context = context;
    this.#client = client;
    this.#host = host;
    this.#request = new ClientRequest(context, client.remoteAddress ?? "unknown");
    this.#body = new RequestBody(context, client);
    this.#attempt = new UpstreamAttempt(context, this.#record, this);
    this.#response = new ResponseStream(context, client, this.#record);
  }

  /** True until the exchange has ended. */
  get isActive(): boolean {
    return this.#stage !== "done";
  }

  /** True while the client's bytes belong to this exchange and can be passed on. */
  get takesBody(): boolean {
    return this.#stage === "tunnel" || (!this.#body.isComplete && this.#attempt.upstream !== undefined);
  }

  /** Begins with a parsed head at the chunk's start. Returns the offset after the last byte that belongs to the request. */
  start(head: RequestHead, { bytes, start, end }: Chunk, beganMs: number): number {
    const { facts } = this.#request;
    const input: IncomingRequest = { kind: "request", head, facts, bytes, base: start, end, beganMs, usedEnd: start };
    serveExchange(this, input);
    return input.usedEnd;
  }

  admit(input: IncomingRequest): void {
    this.#begin(input.beganMs);
    this.#request.inspect(input);
    this.#body.begin(input.head.framing);
    this.#response.begin(this.#request, this.#request.wantsClose || this.#context.isDraining);
    input.usedEnd = input.base + input.head.length;
  }

  identify(input: IncomingRequest): WireErrorCode | "" {
    return this.#request.identify(input, this.#record);
  }

  route(input: IncomingRequest): WireErrorCode | "" {
    return this.#request.route(input, this.#record) || this.#body.fault;
  }

  reject(input: IncomingRequest, code: WireErrorCode): void {
    // The part of the body that has arrived is read anyway: the next request begins after it.
    this.#acceptBody(this.#context.headBuffer.start(), input, undefined);
    if (code === "not_ready") this.#record.announce(this.#context);
    this.fail(code);
  }

  attempt(input: IncomingRequest): WireErrorCode | "" {
    const { isLastHop } = this.#request;
    const head = isLastHop ? this.#context.headBuffer.start() : this.#request.writeHead(input);
    this.#acceptBody(head, input, isLastHop ? undefined : this.#record.requestTap);
    if (this.#body.fault !== "") return this.#body.fault;
    this.#record.announce(this.#context);
    if (isLastHop) {
      this.#replyAsLastHop(input);
      return "";
    }
    const isRepeatable =
      this.#body.isComplete && (this.#request.isIdempotent || this.#context.options.pool.retryUnsafe);
    const result = this.#attempt.begin(this.#writer, isRepeatable);
    if (result === "refused") return "concurrency_exceeded";
    this.#enter(result === "queued" ? "queued" : "sending");
    if (result === "sent" && !this.#body.isComplete) this.#body.waitFor(this.#attempt.upstream!.socket);
    return "";
  }

  respond({ bytes, end }: IncomingResponse): "more" | "done" | WireErrorCode {
    if (this.#tunnel !== undefined) {
      this.#tunnel.fromUpstream(bytes, end);
      return "more";
    }
    const response = this.#response;
    if (this.#stage === "sending") this.#enter("interim");
    // A server that responds before it has read the body may never read it: that connection cannot be kept.
    if (!response.hasBegun) response.close ||= this.#context.isDraining || !this.#body.isComplete;
    const progress = response.accept(bytes, end);
    if (progress === "upgraded") {
      this.#openTunnel();
      return "more";
    }
    if (this.#stage === "interim" && response.hasBegun) this.#enter("receiving");
    return progress;
  }

  finish(result: "done" | WireErrorCode): void {
    if (result !== "done") return this.fail(result);
    const { status } = this.#record;
    const isReusable = this.#response.isReusable && this.#body.isComplete;
    // The client's socket still points into the bytes that were read: the connection continues with another buffer.
    if (hasUnflushedWrite(this.#client)) this.#attempt.upstream!.retireBuffer();
    this.#end(status < 400 ? "ok" : status < 500 ? "client_error" : "upstream_error", "");
    this.#attempt.release(isReusable);
    this.#host.onExchangeOver(this.#response.close ? "close" : "keep-alive");
  }

  /** Records and answers a request whose head could not be read. */
  refuse(code: WireErrorCode, beganMs: number): void {
    this.#begin(beganMs);
    this.#identity.clear();
    this.#request.reset();
    this.#body.begin(noBody);
    this.#response.begin(this.#request, true);
    this.fail(code);
  }

  /** Takes bytes of the request's body (or of a tunnel); returns the offset after the last that it took. */
  acceptBody({ bytes, start, end, isStable }: Chunk): number {
    this.#noteSent();
    if (this.#tunnel !== undefined) {
      this.#tunnel.fromClient(Buffer.from(bytes.subarray(start, end)));
      return end;
    }
    const { socket } = this.#attempt.upstream!;
    this.#attempt.forbidRetry();
    this.#writer.begin(this.#context.headBuffer.start(), bytes, this.#record.requestTap, isStable);
    const stop = this.#body.accept(bytes, start, end, this.#writer);
    this.#record.requestBodyBytes = this.#body.bytes;
    if (this.#body.fault !== "") {
      this.fail(this.#body.fault);
      return end;
    }
    this.#writer.send(socket);
    if (!this.#body.isComplete || isStable) this.#body.waitFor(socket);
    return stop;
  }

  /** The client has closed its sending side. True when it may still be answered; else the exchange is over or a tunnel. */
  onClientEnd(): boolean {
    if (this.#tunnel !== undefined) {
      this.#tunnel.endFromClient();
      return false;
    }
    if (this.#body.isComplete) return true;
    this.onClientGone();
    this.#client.destroy();
    return false;
  }

  /** The client's connection is gone. */
  onClientGone(): void {
    if (!this.isActive) return;
    const isOrderly = this.#tunnel !== undefined;
    this.#attempt.drop();
    this.#context.tick();
    this.#end(isOrderly ? "ok" : "client_abort", "");
  }

  /** Ends the exchange when a time-out has passed. */
  check(nowMs: number): void {
    const code = overdue(this.#waiting(), this.#context.options.timeouts, nowMs);
    const isClientsTurn = !this.#body.isPaused && this.#stage !== "queued" && !this.#awaitsContinue;
    if (code !== "") this.fail(code);
    else if (isClientsTurn && this.#body.isTooSlow(nowMs)) this.fail("body_timeout");
  }

  /** Ends the exchange with an error: an error reply while the response has not begun, else a visible break. */
  fail(code: WireErrorCode): void {
    this.#attempt.drop();
    this.#context.tick();
    const { outcome } = wireErrors[code];
    if (this.#hasResponse) {
      this.#context.counters.responsesBrokenTotal++;
      this.#end(outcome, code);
      if (this.#response.needsReset) this.#client.resetAndDestroy();
      this.#host.onExchangeOver("reset");
      return;
    }
    const endsConnection = outcome === "bad_request" || outcome === "timeout";
    const close = this.#response.close || endsConnection || !this.#body.isComplete;
    const { isHead, detail, allow } = this.#request;
    const reply = writeErrorReply(this.#context, code, { isHead, close, requestId: this.#identity.id, detail, allow });
    this.#record.status = wireErrors[code].status;
    this.#sendReply(reply, outcome, code, close);
  }

  onUpstreamReady(connection: UpstreamConnection): void {
    this.#attempt.beginOn(connection);
    this.#enter("sending");
    this.#noteSent();
    this.#host.onBodyWanted();
  }

  onUpstreamBytes(bytes: Buffer, end: number): boolean {
    this.#activeMs = this.#context.tick();
    const { socket } = this.#attempt.upstream!;
    return serveExchange(this, { kind: "response", bytes, end }) === "over" || this.#response.keepsUp(socket);
  }

  onUpstreamEnd(): void {
    this.#context.tick();
    if (this.#tunnel !== undefined) {
      this.#tunnel.endFromUpstream();
    } else if (this.#response.endsWithConnection) {
      this.#response.acceptEnd();
      this.finish("done");
    } else {
      this.#onUpstreamLost();
    }
  }

  onUpstreamClosed(): void {
    this.#context.tick();
    if (this.#tunnel === undefined) return this.#onUpstreamLost();
    this.#attempt.drop();
    this.#end("ok", "");
    this.#host.onExchangeOver("reset");
  }

  #enter(stage: Stage): void {
    checkMove?.(this.#stage, stage);
    this.#stage = stage;
  }

  #begin(beganMs: number): void {
    this.#enter("head");
    this.#context.counters.inFlight++;
    this.#record.begin(beganMs, beganMs + this.#context.wallOffsetMs);
    this.#activeMs = beganMs;
    this.#sentMs = beganMs;
  }

  /** Reads the part of the body that arrived with the head. */
  #acceptBody(head: HeadBuffer, input: IncomingRequest, tap: ExchangeRecord["requestTap"]): void {
    this.#writer.begin(head, input.bytes, tap, false);
    input.usedEnd = this.#body.accept(input.bytes, input.usedEnd, input.end, this.#writer);
    this.#record.requestBodyBytes = this.#body.bytes;
  }

  #openTunnel(): void {
    this.#enter("tunnel");
    this.#tunnel = new Tunnel(this.#context, this.#record, this.#client, this.#attempt.upstream!.socket);
    this.#host.onBodyWanted();
  }

  #noteSent(): void {
    this.#activeMs = this.#context.coarseMs;
    this.#sentMs = this.#activeMs;
  }

  /** A part of the final response has been written: nothing can take its place any more. */
  get #hasResponse(): boolean {
    return this.#stage === "receiving" || this.#stage === "tunnel";
  }

  /** The client waits for 100 Continue, which has not arrived yet. */
  get #awaitsContinue(): boolean {
    return (
      this.#request.expectsContinue && this.#body.bytes === 0 && (this.#stage === "sending" || this.#stage === "queued")
    );
  }

  #waiting(): Parameters<typeof overdue>[0] {
    const { upstream } = this.#attempt;
    return {
      beganMs: this.#record.beganMs,
      sentMs: this.#sentMs,
      activeMs: this.#tunnel?.activeMs ?? this.#activeMs,
      queuedMs: this.#stage === "queued" ? this.#record.queuedAtMs : 0,
      connectingMs: upstream !== undefined && !upstream.isConnected ? this.#record.upstreamStartedMs : 0,
      awaitsFirstByte: (this.#body.isComplete || this.#awaitsContinue) && !this.#hasResponse,
      isTunnel: this.#tunnel !== undefined,
    };
  }

  /** While no byte of a response has arrived, the request may be retried, if that is safe. */
  #onUpstreamLost(): void {
    const wasConnected = this.#attempt.upstream?.isConnected ?? false;
    if (this.#stage === "sending" && this.#attempt.retry()) return;
    this.fail(wasConnected ? "upstream_reset" : "upstream_unreachable");
  }

  /** Max-Forwards: 0 ends here: OPTIONS gets an empty reply, TRACE its own head back (RFC 9110 §9.3.7–8). */
  #replyAsLastHop(request: ParsedRequest): void {
    const isTrace = this.#record.method === "TRACE";
    const close = this.#response.close || !this.#body.isComplete;
    const body = isTrace ? this.#request.describe(request) : undefined;
    const reply = writeLastHopReply(this.#context, { isHead: false, close, requestId: this.#identity.id }, body);
    this.#record.status = 200;
    this.#sendReply(reply, "ok", "", close);
  }

  #sendReply(reply: HeadBuffer, outcome: Outcome, code: WireErrorCode | "", close: boolean): void {
    reply.sendTo(this.#client);
    this.#end(outcome, code);
    this.#host.onExchangeOver(close ? "close" : "keep-alive");
  }

  /** Every exchange ends here. */
  #end(outcome: Outcome, code: WireErrorCode | ""): void {
    if (!this.isActive) return;
    const record = this.#record;
    this.#enter("done");
    this.#body.resume();
    this.#tunnel?.close();
    this.#tunnel = undefined;
    this.#context.counters.inFlight--;
    record.outcome = outcome;
    record.errorCode = code;
    record.end(this.#context.coarseMs);
    // All of it is here for speed: V8 takes the observers into a small function of its own until its allowance is used
    // up, and leaves their parts as calls. That costs 500 instructions a request (1 %).
    for (const observer of this.#context.options.observers) {
      try {
        observer.observe(record);
      } catch {
        this.#context.counters.observerFailuresTotal++;
      }
    }
    record.releaseTaps();
  }
}
