/** The response on its way to the client: heads (interim and final), the body in whichever framing, its end. */
import type { Socket } from "node:net";
import { ChunkedDecoder, lastChunk } from "../../http1/chunked.ts";
import { Progress } from "../../http1/header-section.ts";
import type { ResponseHead } from "../../http1/response-head.ts";
import { type ResponseAdditions, writeResponseHead } from "../../http1/rewrite-response.ts";
import type { WireErrorCode } from "../../errors/wire-errors.ts";
import { BodyPass } from "./body-pass.ts";
import type { RelayContext } from "../context.ts";
import type { ExchangeRecord } from "./exchange-record.ts";

const nothing = Buffer.alloc(0);

/** What the response's framing depends on, from its request. */
export interface ResponseRequest {
  readonly isHead: boolean;
  readonly minor: number;
  /** An upgrade was asked for and passed on. */
  readonly wantsUpgrade: boolean;
}

/** What one read from the upstream led to. */
export type ResponseProgress = "more" | "done" | "upgraded" | WireErrorCode;

/** How the body is passed on. */
type BodyMode = "none" | "length" | "chunked" | "close";

/** Relays one response after another on a client connection. */
export class ResponseStream {
  /** True once bytes of the final response's head have been written. */
  hasBegun = false;
  /** True once any byte has come from the upstream. */
  hasBytes = false;
  /** False when the upstream connection must not serve another request. */
  isReusable = false;
  /** The client's connection ends after this response. */
  close = false;
  #request: ResponseRequest = { isHead: false, minor: 1, wantsUpgrade: false };
  readonly #context: RelayContext;
  readonly #record: ExchangeRecord;
  readonly #pass: BodyPass;
  readonly #additions: ResponseAdditions;
  #head: ResponseHead | undefined;
  #partial: Buffer | undefined;
  #mode: BodyMode = "none";
  #remaining = 0;
  #decoder: ChunkedDecoder | undefined;

  constructor(context: RelayContext, record: ExchangeRecord) {
    this.#context = context;
    this.#record = record;
    this.#pass = new BodyPass(context.scratch);
    this.#additions = { identityLines: nothing, dateLine: nothing, close: false, framing: "same" };
  }

  /** Makes ready for the response to a new request; `close` as far as it is known by now. */
  begin(request: ResponseRequest, close: boolean): void {
    this.#request = request;
    this.close = close;
    this.hasBegun = false;
    this.hasBytes = false;
    this.isReusable = false;
    this.#mode = "none";
    this.#dropHead();
  }

  /** True while a body whose end only the connection's close tells is being passed on. */
  get endsWithConnection(): boolean {
    return this.hasBegun && this.#mode === "close";
  }

  /** True when the client cannot see by the framing that the body was broken off. */
  get needsReset(): boolean {
    return this.hasBegun && this.#request.minor === 0 && this.#mode !== "length";
  }

  /** Passes on what [0, end) of `bytes` holds. */
  accept(bytes: Buffer, end: number, client: Socket): ResponseProgress {
    this.hasBytes = true;
    if (!this.hasBegun) return this.#acceptHead(bytes, end, client);
    this.#context.scratch.writer.clear();
    this.#pass.dropsCoding = this.#dropsCoding;
    this.#pass.begin(bytes, this.#record.responseTap, true);
    return this.#acceptBody(bytes, 0, end, client);
  }

  /** The upstream has ended the connection: writes what ends the body. Call only when {@link endsWithConnection}. */
  acceptEnd(client: Socket): void {
    if (this.#request.minor === 1) {
      const { scratch } = this.#context;
      scratch.writer.clear();
      scratch.writer.all(lastChunk);
      scratch.sendTo(client);
      scratch.writer.clear();
    }
  }

  get #dropsCoding(): boolean {
    return this.#mode === "chunked" && this.#request.minor === 0;
  }

  #acceptHead(bytes: Buffer, end: number, client: Socket): ResponseProgress {
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
      if (head.status >= 200 || head.status === 101) return this.#acceptFinal(source, base, stop, client);
      this.#passInterim(head, source, base, client);
      base += head.length;
      head.reset();
      if (base === stop) {
        this.#partial = undefined;
        return "more";
      }
    }
  }

  /** 100 and 103 pass as they come; a client of HTTP/1.0 does not know them. */
  #passInterim(head: ResponseHead, bytes: Buffer, base: number, client: Socket): void {
    if (this.#request.minor === 0) return;
    const { scratch } = this.#context;
    scratch.writer.clear();
    this.#additions.framing = "bare";
    this.#additions.close = false;
    writeResponseHead(scratch.writer, { head, bytes, base }, this.#additions);
    scratch.sendTo(client);
    scratch.writer.clear();
  }

  #acceptFinal(source: Buffer, base: number, stop: number, client: Socket): ResponseProgress {
    const head = this.#head!;
    const record = this.#record;
    const isUpgrade = head.status === 101;
    if (isUpgrade && !(this.#request.wantsUpgrade && head.options.upgrade)) return "upstream_malformed";
    record.firstByteAtMs = this.#context.coarseMs;
    record.status = head.status;
    record.isStreaming ||= head.isEventStream || isUpgrade;
    this.#decideBody(head);
    this.#describeBody(head, source, base);
    const { writer } = this.#context.scratch;
    writer.clear();
    const additions = this.#additions;
    additions.identityLines = head.hasRequestId ? record.identity.own : record.identity.both;
    additions.dateLine = this.#context.dateLine.bytes;
    additions.close = this.close && !isUpgrade;
    writeResponseHead(writer, { head, bytes: source, base }, additions);
    const bodyStart = base + head.length;
    this.#dropHead();
    this.#pass.dropsCoding = this.#dropsCoding;
    this.#pass.begin(source, record.responseTap, true);
    if (!isUpgrade) return this.#acceptBody(source, bodyStart, stop, client);
    this.hasBegun = true;
    this.#pass.data(bodyStart, stop);
    this.#pass.send(client);
    writer.clear();
    return "upgraded";
  }

  /** Decides how the body is framed towards the client, and whether the upstream connection may be used again. */
  #decideBody(head: ResponseHead): void {
    const { kind, length } = head.framing;
    this.#mode = kind;
    this.#remaining = length;
    this.#additions.framing = framingFor(head, this.#request.minor);
    if (kind === "chunked") {
      this.#decoder ??= new ChunkedDecoder(this.#context.chunkedLimits);
      this.#decoder.reset();
    }
    const endsConnection = kind === "close" || head.minor === 0 || head.options.close;
    // uvicorn closes silently after a 500; some servers send a body after HEAD or 204: none is trusted with another request.
    this.isReusable = !endsConnection && head.status < 500 && !this.#request.isHead && head.status !== 204;
  }

  #describeBody(head: ResponseHead, bytes: Buffer, base: number): void {
    const record = this.#record;
    if (record.responseTap === undefined) return;
    record.responseType.contentType = valueOf(head, head.contentTypeLine, bytes, base);
    record.responseType.contentEncoding = valueOf(head, head.contentEncodingLine, bytes, base);
  }

  #acceptBody(source: Buffer, start: number, end: number, client: Socket): ResponseProgress {
    const pass = this.#pass;
    let stop = end;
    let progress: ResponseProgress = "more";
    switch (this.#mode) {
      case "none":
        stop = start;
        progress = "done";
        break;
      case "length":
        stop = Math.min(end, start + this.#remaining);
        pass.data(start, stop);
        this.#remaining -= stop - start;
        if (this.#remaining === 0) progress = "done";
        break;
      case "chunked": {
        const decoder = this.#decoder!;
        stop = decoder.read(source, start, end, pass);
        if (decoder.fault !== "") progress = "upstream_malformed";
        else if (decoder.isDone) progress = "done";
        break;
      }
      default:
        pass.data(start, end);
        if (this.#request.minor === 1) pass.wrapAsChunk();
    }
    if (progress === "upstream_malformed" && !this.hasBegun) {
      this.#context.scratch.writer.clear();
      return progress;
    }
    this.hasBegun = true;
    // Bytes after the response's end belong to nobody.
    if (stop < end) this.isReusable = false;
    this.#record.responseBodyBytes += pass.bodyBytes;
    this.#context.counters.responseBodyBytesTotal += pass.bodyBytes;
    pass.send(client);
    this.#context.scratch.writer.clear();
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
