/**
 * One exchange in progress: hand the request over, pass the response back, and come to exactly one end. Its promises:
 *
 * - a client that goes away ends its upstream request; an upstream that breaks off breaks the response visibly;
 * - a request is sent a second time only when nothing of it can have been acted on, or acting twice does no harm;
 * - a side that does not read stops the other, so memory is bounded whatever either side does;
 * - observers see the exchange after its last byte and cannot touch it.
 */
import type { Socket } from "node:net";
import { wireErrors, type WireErrorCode } from "../errors.ts";
import type { Outcome } from "../outcome.ts";
import { noBody } from "../http1/framing.ts";
import type { RequestHead } from "../http1/request-head.ts";
import { BodyPass } from "./body-pass.ts";
import { ClientRequest } from "./client-request.ts";
import type { RelayContext } from "./context.ts";
import { overdue } from "./deadlines.ts";
import { ExchangeRecord } from "./exchange-record.ts";
import { composeAnswer, composeError } from "./own-answer.ts";
import { RequestBody } from "./request-body.ts";
import { ResponseStream } from "./response-stream.ts";
import { ClientSide } from "./client-side.ts";
import { Tunnel } from "./tunnel.ts";
import type { UpstreamConnection, UpstreamOwner } from "./upstream-connection.ts";
import type { PoolWaiter } from "./upstream-pool.ts";

/** What is to become of the client's connection: serve the next request, close in order, or close now and visibly. */
export type Fate = "keep" | "close" | "break";

/** Who holds the client's connection. */
export interface ExchangeHost {
  /** The exchange is over; called once for each. */
  onExchangeOver(fate: Fate): void;
  /** A request that stood in line has been handed over: the rest of its body may come. */
  onHandedOver(): void;
}

/** Serves one exchange after another for a client connection. */
export class ServedExchange implements UpstreamOwner, PoolWaiter {
  isActive = false;
  readonly #context: RelayContext;
  readonly #client: Socket;
  readonly #side: ClientSide;
  readonly #host: ExchangeHost;
  readonly #record = new ExchangeRecord();
  readonly #request: ClientRequest;
  readonly #body: RequestBody;
  readonly #pass: BodyPass;
  readonly #response: ResponseStream;
  #upstream: UpstreamConnection | undefined;
  #activeMs = 0;
  /** The whole request as it was composed: while it stands in line, or while it may be sent again. */
  #composed: Buffer | undefined;
  #isQueued = false;
  #tunnel: Tunnel | undefined;

  constructor(context: RelayContext, client: Socket, host: ExchangeHost) {
    this.#context = context;
    this.#client = client;
    this.#side = new ClientSide(client);
    this.#host = host;
    this.#request = new ClientRequest(context, client.remoteAddress ?? "unknown");
    this.#body = new RequestBody(context);
    this.#pass = new BodyPass(context.scratch);
    this.#response = new ResponseStream(context, this.#record);
  }

  /** True while the client's bytes belong to this exchange and there is somewhere for them to go. */
  get takesBody(): boolean {
    return this.#tunnel !== undefined || (!this.#body.isComplete && this.#upstream !== undefined);
  }

  /**
   * Begins with a parsed head at `base` of `source`, which holds bytes up to `end`. Returns the offset after the last
   * byte that belongs to the request.
   */
  start(head: RequestHead, source: Buffer, base: number, end: number, beganMs: number): number {
    this.#begin(beganMs);
    const bodyStart = base + head.length;
    const refusal = this.#request.read(head, source, base, this.#record);
    const bodyFault = this.#body.begin(head.framing);
    this.#response.begin(this.#request, this.#request.wantsClose || this.#context.isDraining);
    const isPassed = refusal === "" && bodyFault === "" && !this.#request.isLastHop;
    this.#context.scratch.writer.clear();
    if (isPassed) this.#request.compose(this.#context.scratch.writer, head, source, base);
    this.#pass.begin(source, isPassed ? this.#record.requestTap : undefined, false);
    const stop = this.#body.accept(source, bodyStart, end, this.#pass);
    this.#record.requestBodyBytes = this.#body.bytes;
    const fault = refusal || bodyFault || this.#body.fault;
    if (fault !== "") this.fail(fault);
    else if (this.#request.isLastHop) this.#answerLastHop(head, source, base);
    else this.#dispatch();
    return stop;
  }

  /** Records and answers a request whose head was never understood. */
  refuse(code: WireErrorCode, beganMs: number): void {
    this.#begin(beganMs);
    this.#request.reset();
    this.#response.begin(this.#request, true);
    this.#body.begin(noBody);
    this.fail(code);
  }

  /** Takes bytes of the request's body (or of a tunnel) from [start, end); returns the offset after the last that it took. */
  acceptBody(source: Buffer, start: number, end: number): number {
    this.#activeMs = this.#context.coarseMs;
    if (this.#tunnel !== undefined) {
      this.#tunnel.fromClient(source.subarray(start, end));
      return end;
    }
    const upstream = this.#upstream!;
    this.#composed = undefined;
    this.#context.scratch.writer.clear();
    this.#pass.begin(source, this.#record.requestTap, false);
    const stop = this.#body.accept(source, start, end, this.#pass);
    this.#record.requestBodyBytes = this.#body.bytes;
    if (this.#body.fault !== "") {
      this.fail(this.#body.fault);
      return end;
    }
    this.#pass.send(upstream.socket);
    this.#context.scratch.writer.clear();
    if (upstream.socket.writableNeedDrain) this.#side.pause();
    return stop;
  }

  /** The client has closed its sending side. */
  onClientEnd(): void {
    if (this.#tunnel !== undefined) {
      this.#tunnel.endFromClient();
    } else if (!this.#body.isComplete) {
      this.onClientGone();
      this.#client.destroy();
    } else {
      this.#side.halfClose(this.#context.coarseMs);
    }
  }

  /** The client's connection is gone. */
  onClientGone(): void {
    if (!this.isActive) return;
    const isOrderly = this.#tunnel !== undefined;
    this.#dropUpstream();
    this.#finish(isOrderly ? "ok" : "client_abort", "");
  }

  /** Ends the exchange when a time-out has passed. */
  check(nowMs: number): void {
    const { options } = this.#context;
    const upstream = this.#upstream;
    const body = this.#body;
    const awaitsContinue = this.#request.expectsContinue && body.bytes === 0 && !this.#response.hasBytes;
    const code = overdue(
      {
        beganMs: this.#record.beganMs,
        activeMs: this.#tunnel?.activeMs ?? this.#activeMs,
        queuedMs: this.#isQueued ? this.#record.queuedAtMs : 0,
        connectingMs: upstream !== undefined && !upstream.isConnected ? this.#record.handedOverMs : 0,
        awaitsFirstByte: (body.isComplete || awaitsContinue) && !this.#response.hasBytes,
        isTunnel: this.#tunnel !== undefined,
      },
      options.timeouts,
      nowMs,
    );
    if (code !== "") this.fail(code);
    else if (this.#side.isAbandoned(nowMs, options.timeouts.halfCloseMs)) this.#client.destroy();
    else if (!this.#side.isPaused && !this.#isQueued && !awaitsContinue && body.isTooSlow(nowMs))
      this.fail("body_timeout");
  }

  /** Ends the exchange with an error of our own: an answer if none has begun, else a visible break. */
  fail(code: WireErrorCode): void {
    this.#dropUpstream();
    const { outcome } = wireErrors[code];
    if (this.#response.hasBegun || this.#tunnel !== undefined) {
      this.#context.counters.responsesBrokenTotal++;
      this.#finish(outcome, code);
      if (this.#response.needsReset) this.#client.resetAndDestroy();
      this.#host.onExchangeOver("break");
      return;
    }
    const close = this.#response.close || outcome === "bad_request" || !this.#body.isComplete;
    const { isHead, detail, allow } = this.#request;
    this.#record.status = composeError(this.#context, code, {
      isHead,
      close,
      requestId: this.#record.idBytes,
      detail,
      allow,
    });
    this.#sendOwnAnswer(outcome, code, close ? "close" : "keep");
  }

  onUpstreamBytes(bytes: Buffer, end: number): boolean {
    this.#activeMs = this.#context.coarseMs;
    if (this.#tunnel !== undefined) return this.#tunnel.fromUpstream(bytes, end);
    const response = this.#response;
    // Whoever answers before it has read the body may never read it: that connection cannot go on.
    if (!response.hasBegun) response.close ||= this.#context.isDraining || !this.#body.isComplete;
    const progress = response.accept(bytes, end, this.#client);
    switch (progress) {
      case "more":
        return this.#side.keepsUp(this.#upstream!);
      case "done":
        this.#complete();
        return true;
      case "upgraded":
        this.#tunnel = new Tunnel(this.#context, this.#record, this.#client, this.#upstream!.socket);
        this.#side.resume();
        return this.#side.keepsUp(this.#upstream!);
      default:
        this.fail(progress);
        return true;
    }
  }

  onUpstreamDrain(): void {
    if (this.#tunnel !== undefined) this.#tunnel.onUpstreamDrain();
    else this.#resumeClient();
  }

  onUpstreamEnd(): void {
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
    if (this.#tunnel === undefined) {
      this.#loseUpstream();
      return;
    }
    this.#upstream = undefined;
    this.#finish("ok", "");
    this.#host.onExchangeOver("break");
  }

  onConnectionFree(connection: UpstreamConnection): void {
    const composed = this.#composed!;
    this.#isQueued = false;
    this.#context.coarseMs = this.#context.clock.monotonicMs();
    this.#record.queueMs = this.#context.coarseMs - this.#record.queuedAtMs;
    this.#own(connection);
    connection.socket.write(composed);
    if (!this.#maySendAgain(connection)) this.#composed = undefined;
    this.#host.onHandedOver();
  }

  #begin(beganMs: number): void {
    this.isActive = true;
    this.#context.counters.inFlight++;
    this.#record.begin(beganMs, this.#context.clock.wallMs());
    this.#activeMs = beganMs;
    this.#composed = undefined;
    this.#tunnel = undefined;
  }

  #resumeClient(): void {
    this.#side.resume();
    this.#body.resetRate();
  }

  #sendOwnAnswer(outcome: Outcome, code: WireErrorCode | "", fate: Fate): void {
    const { scratch } = this.#context;
    scratch.sendTo(this.#client);
    scratch.writer.clear();
    this.#finish(outcome, code);
    this.#host.onExchangeOver(fate);
  }

  /** Max-Forwards: 0 ends here: OPTIONS gets an empty answer, TRACE its own head back (RFC 9110 §9.3.7–8). */
  #answerLastHop(head: RequestHead, source: Buffer, base: number): void {
    const isTrace = this.#record.method === "TRACE";
    const { close } = this.#response;
    composeAnswer(this.#context, 200, {
      isHead: false,
      close,
      requestId: this.#record.idBytes,
      lines: isTrace ? ["Content-Type: message/http"] : [],
      body: isTrace ? this.#request.describe(head, source, base) : Buffer.alloc(0),
    });
    this.#record.status = 200;
    this.#sendOwnAnswer("ok", "", close || !this.#body.isComplete ? "close" : "keep");
  }

  /** Sends the composed request on an idle or new connection, or puts it in line for one. */
  #dispatch(): void {
    const { pool, scratch } = this.#context;
    const upstream = pool.acquire();
    if (upstream === undefined) {
      this.#composed = this.#pass.copy();
      scratch.writer.clear();
      this.#isQueued = pool.enqueue(this);
      this.#record.queuedAtMs = this.#activeMs;
      if (!this.#isQueued) this.fail("concurrency_exceeded");
      return;
    }
    this.#own(upstream);
    if (this.#maySendAgain(upstream)) this.#composed = this.#pass.copy();
    this.#pass.send(upstream.socket);
    // The write itself found the connection dead: not one byte has gone, so any method may take another connection.
    if (upstream.socket.errored !== null && upstream.uses > 1) {
      this.#dropUpstream();
      this.#countRetry();
      this.#own(pool.connect());
      this.#pass.send(this.#upstream!.socket);
    }
    scratch.writer.clear();
  }

  #own(upstream: UpstreamConnection): void {
    this.#upstream = upstream;
    upstream.owner = this;
    if (upstream.uses++ > 0) this.#context.counters.upstreamReusesTotal++;
    this.#record.variant = this.#context.options.variant;
    this.#record.handedOverMs = this.#context.clock.monotonicMs();
  }

  /** Only a connection that has served before can have been closed by the server for lack of use. */
  #maySendAgain(upstream: UpstreamConnection): boolean {
    const isSafe = this.#request.isIdempotent || this.#context.options.pool.retryUnsafe;
    return isSafe && upstream.uses > 1 && this.#body.isComplete && this.#record.retries === 0;
  }

  #loseUpstream(): void {
    const upstream = this.#upstream;
    const composed = this.#composed;
    if (upstream === undefined) return;
    const wasConnected = upstream.isConnected;
    this.#dropUpstream();
    if (composed !== undefined && !this.#response.hasBytes) {
      this.#composed = undefined;
      this.#countRetry();
      this.#own(this.#context.pool.connect());
      this.#upstream!.socket.write(composed);
    } else {
      this.fail(wasConnected ? "upstream_reset" : "upstream_unreachable");
    }
  }

  #countRetry(): void {
    this.#record.retries++;
    this.#context.counters.retriesTotal++;
  }

  #dropUpstream(): void {
    this.#upstream?.destroy();
    this.#upstream = undefined;
    if (this.#isQueued) this.#context.pool.dequeue(this);
    this.#isQueued = false;
  }

  #complete(): void {
    const upstream = this.#upstream!;
    const { status } = this.#record;
    const isReusable = this.#response.isReusable && this.#body.isComplete;
    this.#upstream = undefined;
    if (this.#client.writableLength > 0) upstream.retireBuffer();
    this.#finish(status < 400 ? "ok" : status < 500 ? "client_error" : "upstream_error", "");
    this.#context.pool.release(upstream, isReusable, this.#context.coarseMs);
    this.#host.onExchangeOver(this.#response.close ? "close" : "keep");
  }

  #finish(outcome: Outcome, code: WireErrorCode | ""): void {
    if (!this.isActive) return;
    const { counters, options } = this.#context;
    const nowMs = (this.#context.coarseMs = this.#context.clock.monotonicMs());
    this.isActive = false;
    this.#side.resume();
    this.#tunnel?.close();
    this.#tunnel = undefined;
    this.#composed = undefined;
    counters.inFlight--;
    const record = this.#record;
    record.outcome = outcome;
    record.errorCode = code;
    record.end(nowMs);
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
