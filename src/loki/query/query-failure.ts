/** Why Loki gave no lines, and what to do about it. */

import { plainText } from "../push/plain-text.ts";

/** See {@link LokiQueryError}. `too_long` is dealt with by asking for less before anybody hears of it. */
export type LokiQueryErrorCode =
  | "unreachable"
  | "timeout"
  | "unauthorized"
  | "not_found"
  | "bad_query"
  | "busy"
  | "server_error"
  | "too_many_at_once"
  | "too_long";

/** Thrown by queries. `message` says what happened, `remedy` what may help: both are for whoever typed the command. */
export class LokiQueryError extends Error {
  readonly code: LokiQueryErrorCode;
  readonly remedy: string;

  constructor(code: LokiQueryErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "LokiQueryError";
    this.code = code;
    this.remedy = remedies[code];
  }

  /** True when the same question may be answered a little later. */
  get isPassing(): boolean {
    return passing.has(this.code);
  }
}

const remedies: Readonly<Record<LokiQueryErrorCode, string>> = {
  unreachable: "Check loki.url, and that Loki runs; for https also loki.ca_file.",
  timeout: "Ask for a shorter time, or raise loki.timeout_ms.",
  unauthorized: "Check loki.tenant, and loki.token_file or loki.username and loki.password_file.",
  not_found: "Check loki.url: it is the address of Loki without /loki/api/v1.",
  bad_query: "Check the LogQL and the time: https://grafana.com/docs/loki/latest/query/.",
  busy: "Wait a moment; Loki has too many queries of this tenant.",
  server_error: "Look into the log of Loki.",
  too_many_at_once: "Narrow the LogQL: more lines share one nanosecond than Loki gives at once.",
  too_long: "Narrow the LogQL: the lines are longer than can be taken.",
};

const passing: ReadonlySet<LokiQueryErrorCode> = new Set(["unreachable", "timeout", "busy", "server_error"]);

/** The error for a call that had no answer. */
export function errorOfFailure(error: unknown, url: string): LokiQueryError {
  const { code, message } = error as { readonly code?: string; readonly message: string };
  const kind = failureCodes[code ?? ""] ?? "unreachable";
  return new LokiQueryError(kind, `no answer from ${url}: ${message}`, error);
}

const failureCodes: Readonly<Record<string, LokiQueryErrorCode>> = {
  timeout: "timeout",
  credentials: "unauthorized",
  too_long: "too_long",
};

/** The error for an answer that is no success. */
export function errorOfStatus(status: number, text: string): LokiQueryError {
  const said = plainText(text, 300);
  const code = statusCodes[status] ?? (status < 500 ? "not_found" : "server_error");
  return new LokiQueryError(code, `Loki answered ${status}${said === "" ? "" : `: ${said}`}`);
}

const statusCodes: Readonly<Record<number, LokiQueryErrorCode>> = {
  400: "bad_query",
  401: "unauthorized",
  403: "unauthorized",
  408: "timeout",
  422: "bad_query",
  429: "busy",
  504: "timeout",
};
