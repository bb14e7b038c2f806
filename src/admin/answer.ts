/** Answers of the admin port and how they are written. */
import { wireErrors } from "../errors/wire-errors.ts";
import type { Fault } from "../http1/fault.ts";
import { adminErrors, type AdminErrorCode } from "./admin-errors.ts";

/** One answer. */
export interface AdminAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const jsonType = "application/json; charset=utf-8";

/** An answer with a JSON body, indented for people who look at it with curl. */
export const jsonAnswer = (status: number, value: unknown): AdminAnswer => ({
  status,
  contentType: jsonType,
  body: `${JSON.stringify(value, undefined, 2)}\n`,
});

/** An error with its code, message and remedy, and what else helps. */
export function errorAnswer(
  code: AdminErrorCode,
  facts: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): AdminAnswer {
  const { status, message, remedy } = adminErrors[code];
  return { ...jsonAnswer(status, { error: { code, message, remedy, ...facts } }), headers };
}

/** The answer to a request that is no valid HTTP. */
export function faultAnswer(fault: Fault | "header_timeout"): AdminAnswer {
  const { status, message, remedy } = wireErrors[fault];
  return jsonAnswer(status, { error: { code: fault, message, remedy } });
}

/** How one answer goes out. */
export interface AnswerFraming {
  /** An answer to HEAD tells the length of its body but does not send it. */
  readonly isHead: boolean;
  readonly isLast: boolean;
  readonly nowMs: number;
}

/** The head of an answer. Header values come from this program alone and hold no line ends. */
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
