/** What a request asks of the relay: its route, its identity, and the head that the upstream gets. */
import { asciiBytes, equalsIgnoreCase } from "../../http1/bytes.ts";
import type { ByteWriter } from "../../http1/byte-writer.ts";
import { Field } from "../../http1/field.ts";
import type { RequestHead } from "../../http1/request-head.ts";
import {
  createRequestFacts,
  inspectRequest,
  type ParsedRequest,
  type RequestFacts,
} from "../../http1/request-facts.ts";
import { type RequestAdditions, writeRequestHead } from "../../http1/rewrite-request.ts";
import type { WireErrorCode } from "../../errors.ts";
import type { RelayContext } from "../context.ts";
import type { Address } from "../../text/address.ts";
import type { ExchangeRecord } from "../exchange/exchange-record.ts";

const noMethods: readonly string[] = [];
/** Methods whose effect is the same when they are sent twice (RFC 9110 §9.2.2). */
const idempotentMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

/** Reads one request after another on a client connection. */
export class ClientRequest {
  isHead = false;
  isIdempotent = false;
  minor = 1;
  /** The client wants, or its version implies, that the connection ends after the response. */
  wantsClose = false;
  expectsContinue = false;
  wantsUpgrade = false;
  /** OPTIONS or TRACE that must not be sent on (Max-Forwards: 0). */
  isLastHop = false;
  /** Why the request was denied, and the methods that would not be. */
  detail = "";
  allow: readonly string[] = noMethods;
  readonly #context: RelayContext;
  readonly #additions: RequestAdditions;
  readonly #facts: RequestFacts = createRequestFacts();

  constructor(context: RelayContext, clientAddress: string) {
    this.#context = context;
    const { identity, viaName } = context;
    const address = asciiBytes(plainAddress(clientAddress));
    this.#additions = {
      clientAddress: address,
      viaName,
      hostLine: asciiBytes(`Host: ${hostOf(context.options.upstream)}\r\n`),
      hopLines: asciiBytes(`X-Forwarded-For: ${address.toString()}\r\nVia: 1.1 ${viaName.toString()}\r\n`),
      requestIdLine: identity.requestIdLine,
      traceparentLine: identity.traceparentLine,
      identityLines: identity.lines,
      upgradeProtocols: context.options.upgradeProtocols,
    };
  }

  /** Forgets the last request, for one that could not be read. */
  reset(): void {
    this.isHead = false;
    this.isIdempotent = false;
    this.minor = 1;
    this.wantsUpgrade = false;
    this.expectsContinue = false;
    this.detail = "";
    this.allow = noMethods;
  }

  /** Reads a parsed head and fills `record`; an error code when the request may not pass. */
  read(head: RequestHead, bytes: Buffer, base: number, record: ExchangeRecord): WireErrorCode | "" {
    const facts = this.#facts;
    inspectRequest({ head, facts, bytes, base }, this.#additions);
    this.#identify(head, bytes, base, record);
    this.minor = head.minor;
    this.wantsClose = head.minor === 0 || head.options.close;
    this.expectsContinue = head.expectsContinue && head.minor === 1;
    this.wantsUpgrade = facts.upgradeLine !== -1;
    this.isLastHop = false;
    this.isHead = isHeadMethod(bytes, base + head.methodStart, base + head.methodEnd);
    this.detail = "";
    this.allow = noMethods;
    const { routing } = this.#context;
    if (facts.isLoop || routing === undefined) {
      record.method = bytes.toString("latin1", base + head.methodStart, base + head.methodEnd);
      record.target = bytes.toString("latin1", base + head.targetStart, base + head.targetEnd);
      return facts.isLoop ? "loop_detected" : "not_ready";
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
    record.hasModelInBody = routing.protocol === "openai";
    if (this.#context.wantsBodies) this.#tap(head, bytes, base, record);
    return "";
  }

  /** Writes the head that the upstream gets. Valid right after {@link read}, with the same arguments. */
  compose(writer: ByteWriter, head: RequestHead, bytes: Buffer, base: number): void {
    const request: ParsedRequest = { head, facts: this.#facts, bytes, base };
    writeRequestHead(writer, request, this.#additions);
  }

  /** The head as it came, without credentials, for the answer to a TRACE that ends here. */
  describe(head: RequestHead, bytes: Buffer, base: number): Buffer {
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

  /** The client's own identities when they are sound, else new ones. */
  #identify(head: RequestHead, bytes: Buffer, base: number, record: ExchangeRecord): void {
    const { requestIdLine, traceparentLine } = this.#facts;
    const { headers } = head;
    const { identity } = this.#context;
    if (requestIdLine === -1 || traceparentLine === -1) identity.next();
    if (requestIdLine === -1) record.identity.set(identity.id, 0, identity.id.length);
    else record.identity.set(bytes, base + headers.valueStart[requestIdLine]!, base + headers.valueEnd[requestIdLine]!);
    if (traceparentLine === -1) record.beginTrace(identity, requestIdLine === -1);
    else record.setTraceId(bytes, base + headers.valueStart[traceparentLine]! + 3);
  }

  #tap(head: RequestHead, bytes: Buffer, base: number, record: ExchangeRecord): void {
    record.tapBodies(this.#context.tapBudget);
    const { headers } = head;
    record.requestType.contentType = "";
    record.requestType.contentEncoding = "";
    for (let i = 0; i < headers.count; i++) {
      const field = headers.fieldAt(i);
      if (field !== Field.contentType && field !== Field.contentEncoding) continue;
      const value = bytes.toString("latin1", base + headers.valueStart[i]!, base + headers.valueEnd[i]!);
      if (field === Field.contentType) record.requestType.contentType = value;
      else record.requestType.contentEncoding = value;
    }
    const { idHeader, headers: names } = this.#context.options.tap;
    if (idHeader !== "") record.labelId = firstValue(head, bytes, base, idHeader);
    if (names.length > 0) record.requestHeaders = firstValues(head, bytes, base, names);
  }
}

/** Longest identity that is kept. */
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

/** Longest header that is kept; of a longer one nothing is, because a part of a secret is not found as one. */
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

/** An IPv4 address that came in over an IPv6 socket, in its own form. */
const plainAddress = (address: string): string => (address.startsWith("::ffff:") ? address.slice(7) : address);

function isHeadMethod(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    end - start === 4 &&
    bytes[start] === 0x48 &&
    bytes[start + 1] === 0x45 &&
    bytes[start + 2] === 0x41 &&
    bytes[start + 3] === 0x44
  );
}
