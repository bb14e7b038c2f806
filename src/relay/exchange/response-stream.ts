/** The response on its way to the client: heads (interim and final), the body in whichever framing, its end. */
import type { Socket } from "node:net";
import { ChunkedDecoder, lastChunk } from "../../http1/chunked.ts";
import { Progress } from "../../http1/header-section.ts";
import type { ResponseHead } from "../../http1/response-head.ts";
import { type ResponseAdditions, writeResponseHead } from "../../http1/rewrite-response.ts";
import type { WireErrorCode } from "../../errors/wire-errors.ts";
import { BodyWriter, type HeadBuffer, hasUnflushedWrite, whenFlushed } from "./body-writer.ts";
import type { RelayContext } from "../context.ts";
import type { ExchangeRecord } from "./exchange-record.ts";

const nothing = Buffer.alloc(0);

/** What the response's framing depends on, from its request. */
export interface ResponseRequest {
  readonly isHead: boolean;
  readonly minor: number;
  /** An upgrade was requested and passed on. */
  readonly wantsUpgrade: boolean;
}

/** State after the bytes of one read: more are expected, the response is complete, a tunnel is open, or an error. */
export type ResponseProgress = "more" | "done" | "upgraded" | WireErrorCode;

/** What is expected: a `head`, or a body framed in this way. */
type Mode = "head" | "none" | "length" | "chunked" | "close";

/** Relays one response after another on a client connection. */
export class ResponseStream {
  /** False when the upstream connection must not serve another request. */
  isReusable = false;
  /** The client's connection ends after this response. */
  close = false;
  #request: ResponseRequest = { isHead: false, minor: 1, wantsUpgrade: false };
  readonly #record: ExchangeRecord;
  readonly #context: RelayContext;
  readonly #client: Socket;
  readonly #writer = new BodyWriter();
  readonly #additions: ResponseAdditions;
  #head: ResponseHead | undefined;
  #partial: Buffer | undefined;
  #mode: Mode = "head";
  #remaining = 0;
  #decoder: ChunkedDecoder | undefined;

  constructor(context: RelayContext, client: Socket, record: ExchangeRecord) {
    this.#context = context;
    this.#client = client;
    this.#record = record;
    this.#additions = { identityLines: nothing, dateLine: nothing, close: false, framing: "same" };
  }

  /** Prepares for the response to a new request; `close` as far as it is known by now. */
  begin(request: ResponseRequest, close: boolean): void {
    this.#request = request;
    this.close = close;
    this.isReusable = false;
    this.#mode = "head";
    this.#dropHead();
  }

  /** True once the final response's head has been written. */
  get hasBegun(): boolean {
    return this.#mode !== "head";
  }

  /** True while the body's end is the end of the upstream's connection. */
  get endsWithConnection(): boolean {
    return this.#mode === "close";
  }

  /** True when the client cannot see by the framing that the body was broken off. */
  get needsReset(): boolean {
    return this.hasBegun && this.#request.minor === 0 && this.#mode !== "length";
  }

  /** Passes on what [0, end) of `bytes` holds. After an error code, {@link hasBegun} says whether a reply is still possible. */
  accept(bytes: Buffer, end: number): ResponseProgress {
    if (this.#mode === "head") return this.#acceptHead(bytes, end);
    this.#writer.begin(this.#context.headBuffer.start(), bytes, this.#record.responseTap, true);
    return this.#acceptBody(bytes, 0, end, false);
  }

  /** The upstream has ended the connection: writes what ends the body. Call only when {@link endsWithConnection}. */
  acceptEnd(): void {
    if (this.#request.minor === 0) return;
    const head = this.#context.headBuffer.start();
    head.writer.all(lastChunk);
    head.sendTo(this.#client);
  }

  /** False when the client has not taken all that was written to it: `upstream` is then read again once it has. */
  keepsUp(upstream: Socket): boolean {
    if (!hasUnflushedWrite(this.#client)) return true;
    whenFlushed(this.#client, () => upstream.resume());
    return false;
  }

  #acceptHead(bytes: Buffer, end: number): ResponseProgress {
    let source = bytes;
    let stop = end;
    if (this.#partial !== undefined) {
      source = this.#partial = Buffer.concat([this.#partial, bytes.subarray(0, end)]);
      stop = source.length;
    }
    const head = (this.#head ??= this.#context.takeResponseHead());
    let base = 0;
    for (;;) {
      const progress = head.read(source, base, stop, this.#request.isHead);
      if (progress === Progress.needsMore) {
        this.#partial = Buffer.from(source.subarray(base, stop));
        return "more";
      }
      if (progress === Progress.faulty) {
        return head.fault === "head_too_large" || head.fault === "too_many_headers"
          ? "upstream_head_too_large"
          : "upstream_malformed";
      }
      if (head.status >= 200 || head.status === 101) return this.#acceptFinal(source, base, stop);
      this.#passInterim(head, source, base);
      base += head.length;
      head.reset();
      if (base === stop) {
        this.#partial = undefined;
        return "more";
      }
    }
  }

  /** 100 and 103 are passed on at once, but not to an HTTP/1.0 client, which does not know them. */
  #passInterim(head: ResponseHead, bytes: Buffer, base: number): void {
    if (this.#request.minor === 0) return;
    this.#additions.framing = "bare";
    this.#additions.close = false;
    this.#writeHead(head, bytes, base).sendTo(this.#client);
  }

  #acceptFinal(source: Buffer, base: number, stop: number): ResponseProgress {
    const head = this.#head!;
    const record = this.#record;
    const isUpgrade = head.status === 101;
    if (isUpgrade && !(this.#request.wantsUpgrade && head.options.upgrade)) return "upstream_malformed";
    record.firstByteAtMs = this.#context.coarseMs;
    record.status = head.status;
    record.isStreaming ||= head.isEventStream || isUpgrade;
    this.#decideBody(head);
    this.#describeBody(head, source, base);
    const additions = this.#additions;
    additions.identityLines = head.hasRequestId ? record.identity.own : record.identity.both;
    additions.dateLine = this.#context.dateLine;
    additions.close = this.close && !isUpgrade;
    const bodyStart = base + head.length;
    this.#writer.begin(this.#writeHead(head, source, base), source, record.responseTap, true);
    this.#dropHead();
    if (isUpgrade) {
      this.#writer.data(bodyStart, stop);
      this.#writer.send(this.#client);
      return "upgraded";
    }
    const progress = this.#acceptBody(source, bodyStart, stop, true);
    if (progress === "upstream_malformed") this.#mode = "head";
    return progress;
  }

  #writeHead(head: ResponseHead, bytes: Buffer, base: number): HeadBuffer {
    const buffer = this.#context.headBuffer.start();
    writeResponseHead(buffer.writer, { head, bytes, base }, this.#additions);
    return buffer;
  }

  /** Decides how the body is framed towards the client, and whether the upstream connection may be used again. */
  #decideBody(head: ResponseHead): void {
    const { kind, length } = head.framing;
    this.#mode = kind;
    this.#remaining = length;
    this.#additions.framing = framingFor(head, this.#request.minor);
    this.#writer.dropsCoding = kind === "chunked" && this.#request.minor === 0;
    if (kind === "chunked") {
      this.#decoder ??= new ChunkedDecoder(this.#context.chunkedLimits);
      this.#decoder.reset();
    }
    const endsConnection = kind === "close" || head.minor === 0 || head.options.close;
    // uvicorn closes silently after a 500; some servers send a body after HEAD or 204: none gets another request.
    this.isReusable = !endsConnection && head.status < 500 && !this.#request.isHead && head.status !== 204;
  }

  #describeBody(head: ResponseHead, bytes: Buffer, base: number): void {
    const tap = this.#record.responseTap;
    if (tap === undefined) return;
    tap.contentType = valueOf(head, head.contentTypeLine, bytes, base);
    tap.contentEncoding = valueOf(head, head.contentEncodingLine, bytes, base);
  }

  #acceptBody(source: Buffer, start: number, end: number, isFirst: boolean): ResponseProgress {
    const writer = this.#writer;
    let stop = end;
    let progress: ResponseProgress = "more";
    switch (this.#mode) {
      case "none":
        stop = start;
        progress = "done";
        break;
      case "length":
        stop = Math.min(end, start + this.#remaining);
        writer.data(start, stop);
        this.#remaining -= stop - start;
        if (this.#remaining === 0) progress = "done";
        break;
      case "chunked": {
        const decoder = this.#decoder!;
        stop = decoder.read(source, start, end, writer);
        if (decoder.fault !== "") progress = "upstream_malformed";
        else if (decoder.isDone) progress = "done";
        break;
      }
      default:
        writer.data(start, end);
        if (this.#request.minor === 1) writer.wrapAsChunk();
    }
    // With the head unsent, an error reply can still take the place of a body that is wrong from the start.
    if (progress === "upstream_malformed" && isFirst) return progress;
    // Bytes after the response's end were not requested.
    if (stop < end) this.isReusable = false;
    this.#record.responseBodyBytes += writer.bodyBytes;
    this.#context.counters.responseBodyBytesTotal += writer.bodyBytes;
    writer.send(this.#client);
    return progress;
  }

  #dropHead(): void {
    if (this.#head !== undefined) this.#context.returnResponseHead(this.#head);
    this.#head = undefined;
    this.#partial = undefined;
  }
}

function framingFor(head: ResponseHead, clientMinor: number): ResponseAdditions["framing"] {
  if (head.status === 204 || head.status === 101) return "bare";
  if (clientMinor === 0) return head.framing.kind === "length" ? "same" : "close";
  return head.framing.kind === "close" ? "chunked" : "same";
}

function valueOf(head: ResponseHead, line: number, bytes: Buffer, base: number): string {
  if (line === -1) return "";
  return bytes.toString("latin1", base + head.headers.valueStart[line]!, base + head.headers.valueEnd[line]!);
}
