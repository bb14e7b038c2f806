import {
  type Cursor,
  type Field,
  framingOf,
  IncompleteMessage,
  MalformedMessage,
  readChunked,
  readExactly,
  readFields,
  readLine,
  valuesOf,
} from "./strict-message.ts";

/** One response, 1xx ones included. */
export interface StrictResponse {
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly Field[];
  readonly body: Buffer;
  readonly framing: "none" | "length" | "chunked" | "close" | "tunnel";
  readonly chunkSizes: readonly number[];
  readonly trailers: readonly Field[];
  /** False when the stream stops before the body does; `body` is then what had come. */
  readonly complete: boolean;
}

/** What a client saw on one connection. */
export interface ResponseContent {
  readonly responses: readonly StrictResponse[];
  /** Bytes after the last response that make no head yet. */
  readonly rest: Buffer;
  readonly error: string;
}

/**
 * Reads responses to requests with the given methods (`GET` when there are more responses than methods). `ended` tells
 * that the peer closed in order, which is what completes a body that ends with the connection.
 */
export function readResponses(bytes: Buffer, methods: readonly string[], ended: boolean): ResponseContent {
  const cursor: Cursor = { bytes, at: 0 };
  const responses: StrictResponse[] = [];
  let answered = 0;
  let start = 0;
  try {
    while (cursor.at < bytes.length) {
      start = cursor.at;
      const response = readResponse(cursor, methods[answered] ?? "GET", ended);
      responses.push(response);
      if (response.status >= 200) answered += 1;
      if (!response.complete) return { responses, rest: Buffer.alloc(0), error: "" };
    }
  } catch (error) {
    if (error instanceof IncompleteMessage) return { responses, rest: bytes.subarray(start), error: "" };
    if (error instanceof MalformedMessage) return { responses, rest: bytes.subarray(start), error: error.message };
    throw error;
  }
  return { responses, rest: Buffer.alloc(0), error: "" };
}

function readResponse(cursor: Cursor, method: string, ended: boolean): StrictResponse {
  const line = /^(HTTP\/1\.[0-9]) ([1-9][0-9]{2})(?: ([\t\x20-\x7e\x80-\xff]*))?$/.exec(readLine(cursor));
  if (!line) throw new MalformedMessage("status line");
  const [, version = "", digits = "", reason = ""] = line;
  const head = { version, status: Number(digits), reason, headers: readFields(cursor) };
  return { ...head, ...readBody(cursor, head, { method, ended }) };
}

type Body = Pick<StrictResponse, "body" | "framing" | "chunkSizes" | "trailers" | "complete">;

function readBody(
  cursor: Cursor,
  head: { readonly version: string; readonly status: number; readonly headers: readonly Field[] },
  context: { readonly method: string; readonly ended: boolean },
): Body {
  const whole = { chunkSizes: [], trailers: [], complete: true };
  if (head.status === 101) return { ...whole, framing: "tunnel", body: takeRest(cursor) };
  const framing = framingOf(head.headers, head.version);
  if (head.status < 200 || head.status === 204) {
    if (framing.kind !== "absent") throw new MalformedMessage(`framing fields on a ${head.status}`);
    return { ...whole, framing: "none", body: Buffer.alloc(0) };
  }
  if (context.method === "HEAD" || head.status === 304) return { ...whole, framing: "none", body: Buffer.alloc(0) };
  if (framing.kind === "chunked") return readChunkedBody(cursor);
  if (framing.kind === "absent") {
    return { ...whole, framing: "close", complete: context.ended, body: takeRest(cursor) };
  }
  const isWhole = cursor.bytes.length - cursor.at >= framing.length;
  const body = isWhole ? readExactly(cursor, framing.length) : takeRest(cursor);
  return { ...whole, framing: "length", complete: isWhole, body };
}

function readChunkedBody(cursor: Cursor): Body {
  const pieces: Buffer[] = [];
  try {
    return { framing: "chunked", complete: true, ...readChunked(cursor, (piece) => pieces.push(piece)) };
  } catch (error) {
    if (!(error instanceof IncompleteMessage)) throw error;
    cursor.at = cursor.bytes.length;
    return {
      framing: "chunked",
      complete: false,
      body: Buffer.concat(pieces),
      chunkSizes: pieces.map((piece) => piece.length),
      trailers: [],
    };
  }
}

function takeRest(cursor: Cursor): Buffer {
  const rest = cursor.bytes.subarray(cursor.at);
  cursor.at = cursor.bytes.length;
  return rest;
}

/** The value of a field that a response has at most once; undefined when it has none. */
export function headerOf(response: { readonly headers: readonly Field[] }, name: string): string | undefined {
  return valuesOf(response.headers, name)[0];
}
