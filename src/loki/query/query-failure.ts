/** Errors of queries, with remedies. */
import { plainText } from "../loki-http.ts";

/** Kind of a {@link LokiQueryError}. `too_long` only reaches the user when a single line is too long. */
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

/** Thrown by queries. `message` tells what happened, `remedy` what may help; both are shown to the user. */
export class LokiQueryError extends Error {
  readonly code: LokiQueryErrorCode;
  readonly remedy: string;

  constructor(code: LokiQueryErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "LokiQueryError";
    this.code = code;
    this.remedy = remedies[code];
  }

  /** Whether the same query may succeed later. */
  get isTransient(): boolean {
    return transientCodes.has(this.code);
  }
}

const remedies: Readonly<Record<LokiQueryErrorCode, string>> = {
  unreachable: "Check loki.url, and that Loki runs; with https also loki.ca_file.",
  timeout: "Query a shorter time range, or raise loki.timeout_ms.",
  unauthorized: "Check loki.tenant, and loki.token_file or loki.username and loki.password_file.",
  not_found: "Check loki.url: the address of Loki without /loki/api/v1.",
  bad_query: "Check the LogQL and the time range: https://grafana.com/docs/loki/latest/query/.",
  busy: "Try again later: Loki has too many queries from this tenant.",
  server_error: "Check the logs of Loki.",
  too_many_at_once: "Narrow the LogQL: more lines have the same nanosecond than Loki returns at once.",
  too_long: "Narrow the LogQL: the lines are too long.",
};

const transientCodes: ReadonlySet<LokiQueryErrorCode> = new Set(["unreachable", "timeout", "busy", "server_error"]);

/** The error for a request without a response. */
export function errorOfFailure(error: unknown, url: string): LokiQueryError {
  const { code, message } = error as { readonly code?: string; readonly message: string };
  const kind = failureCodes[code ?? ""] ?? "unreachable";
  return new LokiQueryError(kind, `no response from ${url}: ${message}`, error);
}

const failureCodes: Readonly<Record<string, LokiQueryErrorCode>> = {
  timeout: "timeout",
  credentials: "unauthorized",
  too_long: "too_long",
};

/** The error for a response with another status than 200. */
export function errorOfStatus(status: number, text: string): LokiQueryError {
  const reason = plainText(text, 300);
  const code = statusCodes[status] ?? (status < 500 ? "not_found" : "server_error");
  return new LokiQueryError(code, `Loki responded with ${status}${reason === "" ? "" : `: ${reason}`}`);
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
