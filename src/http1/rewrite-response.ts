/** A response head as the client gets it: the upstream's own bytes, except for the lines of {@link responseRules}. */
import { asciiBytes } from "./bytes.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { isNamed } from "./connection-options.ts";
import { Field } from "./field.ts";
import { decimalDigits } from "./field-value.ts";
import { protectedFields, removedFields, responseRules } from "./head-table.ts";
import type { ResponseHead } from "./response-head.ts";

/** What the relay adds to a response, and how it frames the body towards the client. */
export interface ResponseAdditions {
  /** `x-request-id`, unless the upstream set one, and `x-outrider-request-id`, each with its CRLF, and the head's last CRLF. */
  identityLines: Buffer;
  /** A whole `Date` line with its CRLF, used when the upstream sent none. */
  dateLine: Buffer;
  /** The client's connection is closed after this response. */
  close: boolean;
  /**
   * `same` keeps the upstream's framing lines; `chunked` replaces them (the upstream ended its body by closing);
   * `close` leaves out Transfer-Encoding for an HTTP/1.0 client; `bare` leaves out both (1xx, 204).
   */
  framing: "same" | "chunked" | "close" | "bare";
}

/** Writes the head for the client, with its final empty line. */
export function writeResponseHead(
  writer: ByteWriter,
  source: { readonly head: ResponseHead; readonly bytes: Buffer; readonly base: number },
  additions: ResponseAdditions,
): void {
  const { head } = source;
  const lengthLine = writeLines(writer, source, additions.framing);
  if (lengthLine !== -1 && additions.framing !== "bare" && !isCanonicalLength(head, lengthLine)) {
    writer.ascii(`Content-Length: ${head.framing.length}\r\n`);
  }
  writeAdditions(writer, source, additions);
}

/** Writes the status line and the lines that stay; returns the index of the first Content-Length line, or −1. */
function writeLines(
  writer: ByteWriter,
  source: { readonly head: ResponseHead; readonly bytes: Buffer; readonly base: number },
  framing: ResponseAdditions["framing"],
): number {
  const { head, bytes, base } = source;
  const { headers } = head;
  // The usual head is passed on in one piece, from its first byte to its last line.
  const isPlain = head.isPlainVersion && head.lineEnd > statusEnd;
  let runStart = isPlain ? 0 : -1;
  if (!isPlain) writeStatusLine(writer, head, bytes, base);
  let lengthLine = -1;
  for (let i = 0; i < headers.count; i++) {
    if (lengthLine === -1 && headers.field[i] === Field.contentLength) lengthLine = i;
    if (keepsLine(source, i, framing, lengthLine)) {
      if (runStart === -1) runStart = headers.nameStart[i]!;
    } else if (runStart !== -1) {
      writer.slice(bytes, base + runStart, base + headers.nameStart[i]!);
      runStart = -1;
    }
  }
  if (runStart !== -1) writer.slice(bytes, base + runStart, base + headers.linesEnd);
  return lengthLine;
}

/** A length that is a list or padded with zeros is written anew, for a body that has one. */
function isCanonicalLength(head: ResponseHead, line: number): boolean {
  if (head.framing.kind !== "length") return true;
  return head.headers.valueEnd[line]! - head.headers.valueStart[line]! === decimalDigits(head.framing.length);
}

const httpVersion = asciiBytes("HTTP/1.1");
const lineEnd = asciiBytes("\r\n");
const space = asciiBytes(" ");
const statusEnd = "HTTP/1.1 200".length;

function writeStatusLine(writer: ByteWriter, head: ResponseHead, bytes: Buffer, base: number): void {
  writer.all(httpVersion);
  writer.slice(bytes, base + httpVersion.length, base + head.lineEnd);
  // RFC 9112 §4 requires the space even before an empty reason.
  if (head.lineEnd === statusEnd) writer.all(space);
  writer.all(lineEnd);
}

const alwaysRemoved = removedFields(responseRules);
/** What the relay adds when it is missing cannot be named away: the relay relies on having seen it. */
const protectedOnes = protectedFields(responseRules);

function keepsLine(
  source: { readonly head: ResponseHead; readonly bytes: Buffer; readonly base: number },
  index: number,
  framing: ResponseAdditions["framing"],
  lengthLine: number,
): boolean {
  const { headers, options } = source.head;
  const field = headers.field[index]!;
  if (alwaysRemoved[field] === 1) return false;
  if (field === Field.contentLength) {
    return framing !== "bare" && index === lengthLine && isCanonicalLength(source.head, index);
  }
  if (field === Field.transferEncoding) return framing === "same";
  if (options.namedCount === 0 || protectedOnes[field] === 1) return true;
  const start = source.base + headers.nameStart[index]!;
  const end = source.base + headers.nameEnd[index]!;
  return !isNamed(options, source.bytes, source.base, { start, end });
}

const chunkedLine = asciiBytes("Transfer-Encoding: chunked\r\n");
const closeLine = asciiBytes("Connection: close\r\n");
const upgradeName = asciiBytes("Connection: Upgrade\r\nUpgrade: ");

function writeAdditions(
  writer: ByteWriter,
  source: { readonly head: ResponseHead; readonly bytes: Buffer; readonly base: number },
  additions: ResponseAdditions,
): void {
  const { head, bytes, base } = source;
  if (additions.framing === "chunked") writer.all(chunkedLine);
  if (head.status === 101 && head.upgradeLine !== -1) {
    writer.all(upgradeName);
    writer.slice(
      bytes,
      base + head.headers.valueStart[head.upgradeLine]!,
      base + head.headers.valueEnd[head.upgradeLine]!,
    );
    writer.all(lineEnd);
  } else if (additions.close) {
    writer.all(closeLine);
  }
  // An interim response belongs to the final one, which carries these.
  if (head.status >= 200 || head.status === 101) {
    if (!head.hasDate) writer.all(additions.dateLine);
    writer.all(additions.identityLines);
  } else {
    writer.all(lineEnd);
  }
}
