/** Responses of the admin API, and their HTTP form. */
import { wireErrors } from "../errors/wire-errors.ts";
import type { Fault } from "../http1/fault.ts";
import { adminErrors, type AdminErrorCode } from "./admin-errors.ts";

/** A response with its whole body; the admin API does not stream. */
export interface AdminAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const jsonType = "application/json; charset=utf-8";

/** A JSON response, indented so that it can be read with curl. */
export const jsonAnswer = (status: number, value: unknown): AdminAnswer => ({
  status,
  contentType: jsonType,
  body: `${JSON.stringify(value, undefined, 2)}\n`,
});

/** An error response: `error.code`, `message` and `remedy`, and further facts, e.g. the nearest paths. */
export function errorAnswer(
  code: AdminErrorCode,
  facts: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): AdminAnswer {
  const { status, message, remedy } = adminErrors[code];
  return { ...jsonAnswer(status, { error: { code, message, remedy, ...facts } }), headers };
}

/** The response to a request that is not valid HTTP, or that did not arrive in time. */
export function faultAnswer(fault: Fault | "header_timeout"): AdminAnswer {
  const { status, message, remedy } = wireErrors[fault];
  return jsonAnswer(status, { error: { code: fault, message, remedy } });
}

/** How {@link answerHead} writes a response. */
export interface AnswerFraming {
  /** A response to HEAD has the Content-Length of the body, but not the body. */
  readonly isHead: boolean;
  /** True when the connection closes after it. */
  readonly isLast: boolean;
  readonly nowMs: number;
}

/** The head of a response. Header values are not escaped: they must not come from a request. */
export function answerHead(answer: AdminAnswer, framing: AnswerFraming): string {
  const lines = [
    `HTTP/1.1 ${answer.status} ${reasons[answer.status] ?? "Error"}`,
    `Content-Type: ${answer.contentType}`,
    `Content-Length: ${Buffer.byteLength(answer.body)}`,
    "Cache-Control: no-store",
    "X-Content-Type-Options: nosniff",
    `Date: ${new Date(framing.nowMs).toUTCString()}`,
    ...Object.entries(answer.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
    ...(framing.isLast ? ["Connection: close"] : []),
  ];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

const reasons: Readonly<Record<number, string>> = {
  200: "OK",
  202: "Accepted",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  409: "Conflict",
  413: "Content Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
};
