/** A request's head: its identity, its route, and the head that the upstream gets. */
import { asciiBytes, equalsIgnoreCase } from "../../http1/bytes.ts";
import { Field } from "../../http1/field.ts";
import type { RequestHead } from "../../http1/request-head.ts";
import {
  createRequestFacts,
  inspectRequest,
  type ParsedRequest,
  type RequestFacts,
} from "../../http1/request-facts.ts";
import { type RequestAdditions, writeRequestHead } from "../../http1/rewrite-request.ts";
import type { WireErrorCode } from "../../errors/wire-errors.ts";
import type { RelayContext } from "../context.ts";
import type { HeadBuffer } from "../exchange/body-writer.ts";
import type { Address } from "../../text/address.ts";
import type { ExchangeRecord } from "../exchange/exchange-record.ts";

const noMethods: readonly string[] = [];
/** Methods whose effect is the same when they are sent twice (RFC 9110 §9.2.2). */
const idempotentMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

/** What is added to every request of one connection. */
function requestAdditions({ identity, viaName, options }: RelayContext, clientAddress: string): RequestAdditions {
  const address = asciiBytes(plainAddress(clientAddress));
  return {
    clientAddress: address,
    viaName,
    hostLine: asciiBytes(`Host: ${hostOf(options.upstream)}\r\n`),
    hopLines: asciiBytes(`X-Forwarded-For: ${address.toString()}\r\nVia: 1.1 ${viaName.toString()}\r\n`),
    requestIdLine: identity.requestIdLine,
    traceparentLine: identity.traceparentLine,
    identityLines: identity.lines,
    upgradeProtocols: options.upgradeProtocols,
  };
}

/**
 * The head of one request after another on a client connection. Its methods are called in their order in this file, with
 * the same parsed head; its fields hold until the next request.
 */
export class ClientRequest {
  isHead = false;
  isIdempotent = false;
  minor = 1;
  /** The client requests, or its version implies, that the connection ends after the response. */
  wantsClose = false;
  expectsContinue = false;
  wantsUpgrade = false;
  /** OPTIONS or TRACE that must not be sent on (Max-Forwards: 0). */
  isLastHop = false;
  /** Why the request was denied, and the methods that would not be. */
  detail = "";
  allow: readonly string[] = noMethods;
  /** Filled by {@link inspect}; belongs into the parsed request that is given to it. */
  readonly facts: RequestFacts = createRequestFacts();
  readonly #context: RelayContext;
  readonly #additions: RequestAdditions;

  constructor(context: RelayContext, clientAddress: string) {
    this.#context = context;
    this.#additions = requestAdditions(context, clientAddress);
  }

  /** Forgets the last request, for one that could not be read. */
  reset(): void {
    this.isHead = false;
    this.isIdempotent = false;
    this.minor = 1;
    this.wantsUpgrade = false;
    this.expectsContinue = false;
    this.isLastHop = false;
    this.detail = "";
    this.allow = noMethods;
  }

  /** Fills the fields that the head alone decides. */
  inspect(request: ParsedRequest): void {
    const { head, facts, bytes, base } = request;
    inspectRequest(request, this.#additions);
    this.minor = head.minor;
    this.wantsClose = head.minor === 0 || head.options.close;
    this.expectsContinue = head.expectsContinue && head.minor === 1;
    this.wantsUpgrade = facts.upgradeLine !== -1;
    this.isLastHop = false;
    this.isHead = isHeadMethod(bytes, base + head.methodStart, base + head.methodEnd);
    this.isIdempotent = false;
    this.detail = "";
    this.allow = noMethods;
  }

  /** Gives `record` the client's own identities when they are sound, else new ones; an error when the request was here before. */
  identify({ head, facts, bytes, base }: ParsedRequest, record: ExchangeRecord): WireErrorCode | "" {
    const { requestIdLine, traceparentLine } = facts;
    const { headers } = head;
    const { identity: source } = this.#context;
    const { identity } = record;
    if (requestIdLine === -1 || traceparentLine === -1) source.next();
    if (requestIdLine === -1) identity.set(source.id, 0, source.id.length);
    else identity.set(bytes, base + headers.valueStart[requestIdLine]!, base + headers.valueEnd[requestIdLine]!);
    if (traceparentLine === -1) identity.beginTrace(source, requestIdLine === -1);
    else identity.setTraceId(bytes, base + headers.valueStart[traceparentLine]! + 3);
    if (!facts.isLoop) return "";
    nameTarget(head, bytes, base, record);
    return "loop_detected";
  }

  /** Gives `record` its route, or an error when the request may not pass. */
  route({ head, facts, bytes, base }: ParsedRequest, record: ExchangeRecord): WireErrorCode | "" {
    const { routing } = this.#context;
    if (routing === undefined) {
      nameTarget(head, bytes, base, record);
      return "not_ready";
    }
    const known = this.#context.memo.decide(routing.table, bytes, base + head.methodStart, base + head.targetEnd);
    record.method = known.method;
    record.target = known.target;
    this.isIdempotent = idempotentMethods.has(known.method);
    this.isLastHop = facts.maxForwards === 0 && (known.method === "OPTIONS" || known.method === "TRACE");
    if (known.decision.kind === "denied") {
      this.detail = known.decision.reason;
      this.allow = known.decision.allow;
      return known.decision.code;
    }
    record.route = known.decision.route;
    record.isStreaming = record.route.kind === "stream";
    record.hasModelInBody = routing.modelIn === "body";
    if (this.#context.wantsBodies) this.#tap(head, bytes, base, record);
    return "";
  }

  /** Writes the head that the upstream gets. */
  writeHead(request: ParsedRequest): HeadBuffer {
    const head = this.#context.headBuffer.start();
    writeRequestHead(head.writer, request, this.#additions);
    return head;
  }

  /** The head as received, without credentials: the reply to a TRACE that ends here. */
  describe({ head, bytes, base }: ParsedRequest): Buffer {
    const parts = [
      bytes.subarray(base + head.methodStart, base + head.targetEnd),
      Buffer.from(` HTTP/1.${head.minor}\r\n`),
    ];
    for (let i = 0; i < head.headers.count; i++) {
      const field = head.headers.fieldAt(i);
      if (field === Field.cookie || field === Field.authorization || field === Field.proxyAuthorization) continue;
      parts.push(bytes.subarray(base + head.headers.nameStart[i]!, base + head.headers.lineEnd[i]!));
    }
    return Buffer.concat([...parts, Buffer.from("\r\n")]);
  }

  #tap(head: RequestHead, bytes: Buffer, base: number, record: ExchangeRecord): void {
    record.tapBodies(this.#context.tapBudget);
    const { headers } = head;
    const tap = record.requestTap!;
    for (let i = 0; i < headers.count; i++) {
      const field = headers.fieldAt(i);
      if (field !== Field.contentType && field !== Field.contentEncoding) continue;
      const value = bytes.toString("latin1", base + headers.valueStart[i]!, base + headers.valueEnd[i]!);
      if (field === Field.contentType) tap.contentType = value;
      else tap.contentEncoding = value;
    }
    const { idHeader, headers: names } = this.#context.options.tap;
    if (idHeader !== "") record.labelId = firstValue(head, bytes, base, idHeader);
    if (names.length > 0) record.requestHeaders = firstValues(head, bytes, base, names);
  }
}

/** Longest label id that is kept. */
const maxIdBytes = 256;

/** Value of the first line of this name, cut off at {@link maxIdBytes}; empty when there is none. */
function firstValue({ headers }: RequestHead, bytes: Buffer, base: number, name: string): string {
  for (let i = 0; i < headers.count; i++) {
    if (!equalsIgnoreCase(bytes, base + headers.nameStart[i]!, base + headers.nameEnd[i]!, name)) continue;
    const start = base + headers.valueStart[i]!;
    return bytes.toString("latin1", start, Math.min(base + headers.valueEnd[i]!, start + maxIdBytes));
  }
  return "";
}

/** Longest header that is kept. A longer one is left out whole: redaction would not find a secret that is cut. */
const maxHeaderBytes = 1024;

function firstValues(
  { headers }: RequestHead,
  bytes: Buffer,
  base: number,
  names: readonly string[],
): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (let i = 0; i < headers.count; i++) {
    const start = base + headers.valueStart[i]!;
    const end = base + headers.valueEnd[i]!;
    if (end - start > maxHeaderBytes) continue;
    const name = names.find((one) =>
      equalsIgnoreCase(bytes, base + headers.nameStart[i]!, base + headers.nameEnd[i]!, one),
    );
    if (name !== undefined) values[name] ??= bytes.toString("latin1", start, end);
  }
  return values;
}

function hostOf(upstream: Address): string {
  if (upstream.kind === "unix") return "localhost";
  return upstream.host.includes(":") ? `[${upstream.host}]:${upstream.port}` : `${upstream.host}:${upstream.port}`;
}

/** An IPv4 address of a client on an IPv6 socket, without its `::ffff:` prefix. */
const plainAddress = (address: string): string => (address.startsWith("::ffff:") ? address.slice(7) : address);

/** Method and target as text, for a request that is not routed. */
function nameTarget(head: RequestHead, bytes: Buffer, base: number, record: ExchangeRecord): void {
  record.method = bytes.toString("latin1", base + head.methodStart, base + head.methodEnd);
  record.target = bytes.toString("latin1", base + head.targetStart, base + head.targetEnd);
}

function isHeadMethod(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    end - start === 4 &&
    bytes[start] === 0x48 &&
    bytes[start + 1] === 0x45 &&
    bytes[start + 2] === 0x41 &&
    bytes[start + 3] === 0x44
  );
}
