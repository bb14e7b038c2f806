/**
 * A request head as the upstream gets it: the client's own bytes, except for the lines of {@link requestRules}.
 * Lines that stay are copied as slices, never rebuilt.
 */
import { asciiBytes, equals } from "./bytes.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { isNamed } from "./connection-options.ts";
import { Field, fieldBits } from "./field.ts";
import { decimalDigits } from "./field-value.ts";
import { protectedFields, removedFields, requestRules, ruledFields } from "./head-table.ts";
import type { OwnNames, ParsedRequest } from "./request-facts.ts";
import type { RequestHead } from "./request-head.ts";

/** What the relay adds to a request. All texts are ASCII; lines end in CRLF. */
export interface RequestAdditions extends OwnNames {
  /** Address of the client, for X-Forwarded-For. */
  readonly clientAddress: Buffer;
  /** The Host line of an HTTP/1.0 request that has none. */
  readonly hostLine: Buffer;
  /** The X-Forwarded-For and Via lines of an HTTP/1.1 request that has none. */
  readonly hopLines: Buffer;
  /** Line with the request id to use when the client sent no safe one. */
  readonly requestIdLine: Buffer;
  /** Line with the `traceparent` to use when the client sent no valid one. */
  readonly traceparentLine: Buffer;
  /** The two lines above and the head's last CRLF. */
  readonly identityLines: Buffer;
}

/** Writes the head for the upstream, with its final empty line. */
export function writeRequestHead(writer: ByteWriter, request: ParsedRequest, additions: RequestAdditions): void {
  const { head } = request;
  // The usual head is passed on in one piece, from its first byte to its last line.
  const isPlain = head.target.kind === "origin" && head.isPlainVersion;
  if (!isPlain) writeRequestLine(writer, request, additions);
  writeLines(writer, request, additions, isPlain ? head.methodStart : -1);
  writeAdditions(writer, request, additions);
}

const hostBit = fieldBits([Field.host]);
const lengthBit = fieldBits([Field.contentLength]);

/** Fields whose lines may change in an origin-form request, whose Host stays; lengths are looked at apart. */
const changeable = ruledFields(requestRules) & ~(hostBit | lengthBit);

/** A head without changeable fields keeps every line, if its length is written as the relay would. */
function keepsEveryLine(head: RequestHead): boolean {
  const { headers } = head;
  if ((headers.seen & changeable) !== 0) return false;
  if ((headers.seen & lengthBit) === 0) return true;
  let lengthLine = -1;
  for (let i = 0; i < headers.count; i++) {
    if (headers.field[i] !== Field.contentLength) continue;
    if (lengthLine !== -1) return false;
    lengthLine = i;
  }
  return lengthAction(head, lengthLine, false) === Action.keep;
}

/** Writes the lines that stay or are changed; `runFrom` is where bytes begin that have not been written yet, or −1. */
function writeLines(writer: ByteWriter, request: ParsedRequest, additions: RequestAdditions, runFrom: number): void {
  const { bytes, base, head } = request;
  const { headers } = head;
  let runStart = runFrom;
  if (runStart !== -1 && keepsEveryLine(head)) {
    writer.slice(bytes, base + runStart, base + headers.linesEnd);
    return;
  }
  let wroteLength = false;
  for (let i = 0; i < headers.count; i++) {
    const action = lineAction(request, i, wroteLength);
    wroteLength ||= headers.field[i] === Field.contentLength;
    if (action === Action.keep) {
      if (runStart === -1) runStart = headers.nameStart[i]!;
      continue;
    }
    const from = runStart === -1 ? headers.nameStart[i]! : runStart;
    const to = action === Action.append ? headers.valueEnd[i]! : headers.nameStart[i]!;
    writer.slice(bytes, base + from, base + to);
    runStart = -1;
    if (action !== Action.drop) changeLine(writer, request, i, additions);
  }
  if (runStart !== -1) writer.slice(bytes, base + runStart, base + headers.linesEnd);
}

const httpVersion = asciiBytes(" HTTP/1.1\r\n");
const hostName = asciiBytes("Host: ");
const lineEnd = asciiBytes("\r\n");
const space = asciiBytes(" ");

function writeRequestLine(writer: ByteWriter, request: ParsedRequest, additions: RequestAdditions): void {
  const { bytes, base, head } = request;
  const { target } = head;
  if (target.kind === "origin") {
    writer.slice(bytes, base + head.methodStart, base + head.targetEnd);
  } else {
    writer.slice(bytes, base + head.methodStart, base + head.methodEnd);
    writer.all(space);
    writeTarget(writer, request);
  }
  writer.all(httpVersion);
  if (target.kind === "absolute") {
    writer.all(hostName);
    writer.slice(bytes, base + target.authorityStart, base + target.authorityEnd);
    writer.all(lineEnd);
  } else if (!head.hasHost) {
    writer.all(additions.hostLine);
  }
}

/** An absolute target becomes path and query; without a path `/`, or `*` for OPTIONS (RFC 9112 §3.2.4). */
function writeTarget(writer: ByteWriter, request: ParsedRequest): void {
  const { bytes, base, head } = request;
  const { pathStart } = head.target;
  if (pathStart === head.targetEnd) writer.ascii(isMethod(request, "OPTIONS") ? "*" : "/");
  else if (bytes[base + pathStart] === 0x3f) writer.ascii("/");
  writer.slice(bytes, base + pathStart, base + head.targetEnd);
}

const Action = { keep: 0, drop: 1, append: 2, rewrite: 3 } as const;
type ActionValue = (typeof Action)[keyof typeof Action];

/** Upgrade and TE are among them: where they may pass they are written anew. */
const alwaysRemoved = removedFields(requestRules);
const protectedOnes = protectedFields(requestRules);

function lineAction(request: ParsedRequest, index: number, wroteLength: boolean): ActionValue {
  const { headers, options } = request.head;
  const field = headers.field[index]!;
  if (options.namedCount > 0 && protectedOnes[field] === 0) {
    const start = request.base + headers.nameStart[index]!;
    const end = request.base + headers.nameEnd[index]!;
    if (isNamed(options, request.bytes, request.base, { start, end })) return Action.drop;
  }
  if (field === Field.other) return Action.keep;
  return alwaysRemoved[field] === 1 ? Action.drop : knownAction(request, index, wroteLength);
}

function knownAction(request: ParsedRequest, index: number, wroteLength: boolean): ActionValue {
  const { head, facts } = request;
  switch (head.headers.fieldAt(index)) {
    case Field.host:
      return keepIf(head.target.kind !== "absolute");
    case Field.contentLength:
      return lengthAction(head, index, wroteLength);
    case Field.transferEncoding:
      return Action.rewrite;
    case Field.expect:
      return keepIf(head.minor === 1 || !head.expectsContinue);
    case Field.xForwardedFor:
      return keepOr(Action.append, index !== facts.forwardedForLine);
    case Field.via:
      return keepOr(Action.append, index !== facts.viaLine);
    case Field.xRequestId:
      return keepIf(index === facts.requestIdLine);
    case Field.traceparent:
      return keepIf(index === facts.traceparentLine);
    case Field.tracestate:
      return keepIf(facts.traceparentLine !== -1);
    case Field.maxForwards:
      return keepOr(Action.rewrite, !countsHops(request));
    default:
      return Action.keep;
  }
}

const keepOr = (other: ActionValue, isKept: boolean): ActionValue => (isKept ? Action.keep : other);
const keepIf = (isKept: boolean): ActionValue => keepOr(Action.drop, isKept);

/** The first line stays when it already is the length in plain digits: neither a list nor padded with zeros. */
function lengthAction(head: RequestHead, index: number, wroteLength: boolean): ActionValue {
  if (wroteLength) return Action.drop;
  const digits = decimalDigits(head.framing.length);
  return keepOr(Action.rewrite, head.headers.valueEnd[index]! - head.headers.valueStart[index]! === digits);
}

function isMethod({ head, bytes, base }: ParsedRequest, name: string): boolean {
  return equals(bytes, base + head.methodStart, base + head.methodEnd, name);
}

/** True when Max-Forwards counts for this method (RFC 9110 §7.6.2) and there is something left of it. */
const countsHops = (request: ParsedRequest): boolean =>
  request.facts.maxForwards > 0 && (isMethod(request, "OPTIONS") || isMethod(request, "TRACE"));

/** Lists of hops grow by a member; every other line that is changed is written anew. */
function changeLine(writer: ByteWriter, request: ParsedRequest, index: number, additions: RequestAdditions): void {
  const field = request.head.headers.field[index];
  if (field === Field.xForwardedFor || field === Field.via) appendMember(writer, request, index, additions);
  else rewriteLine(writer, request, index);
}

const appendedMark = asciiBytes(", ");
const viaVersion = [asciiBytes("1.0 "), asciiBytes("1.1 ")] as const;

function appendMember(writer: ByteWriter, { head }: ParsedRequest, index: number, additions: RequestAdditions): void {
  const { headers } = head;
  // An empty list takes its first member without a comma.
  if (headers.valueEnd[index]! > headers.valueStart[index]!) writer.all(appendedMark);
  if (headers.field[index] === Field.xForwardedFor) {
    writer.all(additions.clientAddress);
  } else {
    writer.all(viaVersion[head.minor === 0 ? 0 : 1]);
    writer.all(additions.viaName);
  }
  writer.all(lineEnd);
}

const chunkedLine = asciiBytes("Transfer-Encoding: chunked\r\n");
const lengthName = asciiBytes("Content-Length: ");

/** Framing lines are written in their one canonical form, whatever form the client used. */
function rewriteLine(writer: ByteWriter, { head, facts, bytes, base }: ParsedRequest, index: number): void {
  const { headers } = head;
  const field = headers.field[index];
  if (field === Field.transferEncoding) {
    writer.all(chunkedLine);
  } else if (field === Field.contentLength) {
    writer.all(lengthName);
    writer.decimal(head.framing.length);
    writer.all(lineEnd);
  } else {
    writer.slice(bytes, base + headers.nameStart[index]!, base + headers.nameEnd[index]!);
    writer.ascii(`: ${facts.maxForwards - 1}\r\n`);
  }
}

const forwardedForName = asciiBytes("X-Forwarded-For: ");
const viaName = asciiBytes("Via: ");
const upgradeName = asciiBytes("Connection: Upgrade\r\nUpgrade: ");
const teLines = asciiBytes("Connection: TE\r\nTE: trailers\r\n");

function writeAdditions(writer: ByteWriter, request: ParsedRequest, additions: RequestAdditions): void {
  const { head, facts, bytes, base } = request;
  if (facts.upgradeLine !== -1) {
    writer.all(upgradeName);
    writer.slice(
      bytes,
      base + head.headers.valueStart[facts.upgradeLine]!,
      base + head.headers.valueEnd[facts.upgradeLine]!,
    );
    writer.all(lineEnd);
  } else if (facts.teTrailersLine !== -1) {
    writer.all(teLines);
  }
  if (facts.forwardedForLine === -1 && facts.viaLine === -1 && head.minor === 1) {
    writer.all(additions.hopLines);
  } else {
    writeHopLines(writer, request, additions);
  }
  if (facts.requestIdLine === -1 && facts.traceparentLine === -1) {
    writer.all(additions.identityLines);
  } else {
    if (facts.requestIdLine === -1) writer.all(additions.requestIdLine);
    if (facts.traceparentLine === -1) writer.all(additions.traceparentLine);
    writer.all(lineEnd);
  }
}

function writeHopLines(writer: ByteWriter, { head, facts }: ParsedRequest, additions: RequestAdditions): void {
  if (facts.forwardedForLine === -1) {
    writer.all(forwardedForName);
    writer.all(additions.clientAddress);
    writer.all(lineEnd);
  }
  if (facts.viaLine === -1) {
    writer.all(viaName);
    writer.all(viaVersion[head.minor === 0 ? 0 : 1]);
    writer.all(additions.viaName);
    writer.all(lineEnd);
  }
}
