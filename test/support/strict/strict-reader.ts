/**
 * An independent strict reader of request streams: what a careful server must see in the bytes of one connection. The
 * conformance and fuzz tests hold what the relay forwarded against it.
 */
import {
  type Cursor,
  type Field,
  framingOf,
  IncompleteMessage,
  isToken,
  MalformedMessage,
  readChunked,
  readExactly,
  readFields,
  readLine,
  valuesOf,
} from "./strict-message.ts";

const hostPattern = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-._~!$&'()*+,;=%]*)(?::([0-9]*))?$/;

/** One complete request. */
export interface StrictRequest {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly headers: readonly Field[];
  readonly body: Buffer;
  /** True when the body came in chunks. */
  readonly chunked: boolean;
  readonly trailers: readonly Field[];
}

/** What a stream of bytes holds: its complete requests, and how it goes on after them. */
export interface RequestContent {
  readonly requests: readonly StrictRequest[];
  /** Where the last complete request ends. */
  readonly consumed: number;
  /** What is wrong with the next request; empty when it is only incomplete or absent. */
  readonly error: string;
}

/** Reads requests from `bytes`, starting at `from`, until they end or break a rule. */
export function readRequests(bytes: Buffer, from: number = 0): RequestContent {
  const cursor: Cursor = { bytes, at: from };
  const requests: StrictRequest[] = [];
  let consumed = from;
  try {
    while (cursor.at < bytes.length) {
      requests.push(readRequest(cursor));
      consumed = cursor.at;
    }
  } catch (error) {
    if (error instanceof IncompleteMessage) return { requests, consumed, error: "" };
    if (error instanceof MalformedMessage) return { requests, consumed, error: error.message };
    throw error;
  }
  return { requests, consumed, error: "" };
}

function readRequest(cursor: Cursor): StrictRequest {
  // RFC 9112 §2.2: one empty line before the request line is skipped.
  if (cursor.bytes.toString("latin1", cursor.at, cursor.at + 2) === "\r\n") cursor.at += 2;
  const [method = "", target = "", version = "", ...more] = readLine(cursor).split(" ");
  if (more.length > 0 || !isToken(method)) throw new MalformedMessage("request line");
  if (!/^HTTP\/1\.[0-9]$/.test(version)) throw new MalformedMessage(`version ${version}`);
  checkTarget(method, target);
  const headers = readFields(cursor);
  checkHost(headers, version);
  const framing = framingOf(headers, version);
  const head = { method, target, version, headers };
  if (framing.kind === "chunked") {
    const { body, trailers } = readChunked(cursor);
    return { ...head, body, chunked: true, trailers };
  }
  return {
    ...head,
    body: readExactly(cursor, framing.kind === "length" ? framing.length : 0),
    chunked: false,
    trailers: [],
  };
}

function checkTarget(method: string, target: string): void {
  if (method === "CONNECT") throw new MalformedMessage("CONNECT");
  if (!/^[\x21-\x7e]+$/.test(target) || target.includes("#"))
    throw new MalformedMessage(`target ${JSON.stringify(target)}`);
  if (target.startsWith("/")) return;
  const authority = /^https?:\/\/([^/?]+)/i.exec(target)?.[1];
  if (authority !== undefined && isHost(authority)) return;
  if (target === "*" && method === "OPTIONS") return;
  throw new MalformedMessage(`target ${JSON.stringify(target)}`);
}

function checkHost(headers: readonly Field[], version: string): void {
  const hosts = valuesOf(headers, "host");
  if (hosts.length > 1) throw new MalformedMessage("repeated Host");
  const [host] = hosts;
  if (host === undefined) {
    if (version !== "HTTP/1.0") throw new MalformedMessage("no Host");
    return;
  }
  if (!isHost(host)) throw new MalformedMessage(`Host ${host}`);
}

function isHost(text: string): boolean {
  const match = hostPattern.exec(text);
  return match !== null && !text.startsWith(":") && Number(match[1] ?? 0) <= 65_535;
}
