/** The answers that Outrider makes itself, in the error shape of the serving protocol. */
import { renderPlainError } from "../../protocols/error-body.ts";
import { wireErrors, type WireErrorCode } from "../../errors/wire-errors.ts";
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

/** What an error answer has to know about its request. */
export interface AnswerFrame {
  readonly isHead: boolean;
  readonly close: boolean;
  /** The request's identity; empty when the request was never understood. */
  readonly requestId: Buffer;
  /** Added to the message, e.g. how to open a denied route. */
  readonly detail: string;
  /** Methods for an Allow header. */
  readonly allow: readonly string[];
}

/** Writes the whole answer for `code` into the scratch buffer; returns its status. */
export function composeError(context: RelayContext, code: WireErrorCode, frame: AnswerFrame): number {
  const { status, message, retryable } = wireErrors[code];
  const renderError = context.routing?.renderError ?? renderPlainError;
  const text = frame.detail === "" ? message : `${message}: ${frame.detail}`;
  const shape = renderError({ code, status, message: text });
  const lines = [`Content-Type: ${shape.contentType}`, `x-outrider-error: ${code}`];
  if (retryable && (status === 429 || status === 503)) lines.push(`Retry-After: ${context.options.retryAfterSeconds}`);
  if (frame.allow.length > 0) lines.push(`Allow: ${frame.allow.join(", ")}`);
  composeAnswer(context, status, { ...frame, lines, body: Buffer.from(shape.body) });
  return status;
}

/** Writes an answer with `lines` and `body` into the scratch buffer. */
export function composeAnswer(
  context: RelayContext,
  status: number,
  answer: Pick<AnswerFrame, "isHead" | "close" | "requestId"> & {
    readonly lines: readonly string[];
    readonly body: Buffer;
  },
): void {
  const { writer } = context.scratch;
  writer.clear();
  writer.ascii(`HTTP/1.1 ${status} ${reasons[status] ?? "Error"}\r\n`);
  for (const line of answer.lines) writer.ascii(`${line}\r\n`);
  writer.ascii(`Content-Length: ${answer.body.length}\r\n`);
  writer.all(context.dateLine.bytes);
  if (answer.requestId.length > 0) {
    for (const name of ["x-request-id", "x-outrider-request-id"]) {
      writer.ascii(`${name}: `);
      writer.all(answer.requestId);
      writer.ascii("\r\n");
    }
  }
  writer.ascii(answer.close ? "Connection: close\r\n\r\n" : "\r\n");
  if (!answer.isHead) writer.all(answer.body);
}
