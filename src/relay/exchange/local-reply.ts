/** Local replies: the responses that Outrider makes itself, with errors in the shape of the serving protocol. */
import { wireErrors, type WireErrorCode } from "../../errors/wire-errors.ts";
import { renderPlainError } from "../../protocols/error-body.ts";
import type { HeadBuffer } from "./body-writer.ts";
import type { RelayContext } from "../context.ts";

const reasons: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  403: "Forbidden",
  405: "Method Not Allowed",
  408: "Request Timeout",
  413: "Content Too Large",
  414: "URI Too Long",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  508: "Loop Detected",
};

/** What an error reply needs to know about its request. */
export interface ReplyFrame {
  readonly isHead: boolean;
  readonly close: boolean;
  /** The request id; empty when the request could not be read. */
  readonly requestId: Buffer;
  /** Added to the message, e.g. how to open a denied route. */
  readonly detail: string;
  /** Methods for an Allow header. */
  readonly allow: readonly string[];
}

/** What every local reply needs to know about its request. */
export type LocalFrame = Pick<ReplyFrame, "isHead" | "close" | "requestId">;

/** Writes the whole error reply for `code`, with the status that {@link wireErrors} gives it. */
export function writeErrorReply(context: RelayContext, code: WireErrorCode, frame: ReplyFrame): HeadBuffer {
  const { status, message, retryable } = wireErrors[code];
  const renderError = context.routing?.renderError ?? renderPlainError;
  const text = frame.detail === "" ? message : `${message}: ${frame.detail}`;
  const shape = renderError({ code, status, message: text });
  const lines = [`Content-Type: ${shape.contentType}`, `x-outrider-error: ${code}`];
  if (retryable && (status === 429 || status === 503)) lines.push(`Retry-After: ${context.options.retryAfterSeconds}`);
  if (frame.allow.length > 0) lines.push(`Allow: ${frame.allow.join(", ")}`);
  return writeLocalReply(context, status, { ...frame, lines, body: Buffer.from(shape.body) });
}

/** The reply to a request that ends here (Max-Forwards: 0): a TRACE's own head as `body`, or an empty reply to OPTIONS. */
export function writeLastHopReply(context: RelayContext, frame: LocalFrame, body: Buffer | undefined): HeadBuffer {
  const lines = body === undefined ? [] : ["Content-Type: message/http"];
  return writeLocalReply(context, 200, { ...frame, lines, body: body ?? Buffer.alloc(0) });
}

/** Writes a reply with `lines`, each a whole header line without its CRLF, and `body`. */
export function writeLocalReply(
  context: RelayContext,
  status: number,
  reply: LocalFrame & {
    readonly lines: readonly string[];
    readonly body: Buffer;
  },
): HeadBuffer {
  const head = context.headBuffer.start();
  const { writer } = head;
  writer.ascii(`HTTP/1.1 ${status} ${reasons[status] ?? "Error"}\r\n`);
  for (const line of reply.lines) writer.ascii(`${line}\r\n`);
  writer.ascii(`Content-Length: ${reply.body.length}\r\n`);
  writer.all(context.dateLine);
  if (reply.requestId.length > 0) {
    for (const name of ["x-request-id", "x-outrider-request-id"]) {
      writer.ascii(`${name}: `);
      writer.all(reply.requestId);
      writer.ascii("\r\n");
    }
  }
  writer.ascii(reply.close ? "Connection: close\r\n\r\n" : "\r\n");
  if (!reply.isHead) writer.all(reply.body);
  return head;
}
