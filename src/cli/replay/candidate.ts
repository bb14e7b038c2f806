import type { LoggedBody, PredictionRecord } from "../../prediction-log/prediction-record.ts";
import { holdsRedacted } from "../../redaction/redaction-match.ts";

/** Reasons why a logged request is not sent again. */
const skipReasons = ["no_answer", "no_body", "body_omitted", "body_truncated", "bad_path"] as const;

/** One of {@link skipReasons}. */
export type SkipReason = (typeof skipReasons)[number];

/** Why a record is not sent again, as a clause for the report. */
export const skipTexts: Readonly<Record<SkipReason, string>> = {
  no_answer: "no response of the model server was logged that could be compared",
  no_body: "the request body was not logged (`predictions.bodies` is off)",
  body_omitted: "the request body was left out of the record",
  body_truncated: "only part of the request body was logged (up to a quarter of `predictions.record_bytes`)",
  bad_path: "the path or method is not valid in a request line",
};

/** A logged request that can be sent again. */
export interface ReplayCandidate {
  readonly method: string;
  readonly path: string;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** True when values were masked or hashed: the model gets other values than in the original request. */
  readonly isRedacted: boolean;
}

/** A request to send, or why the record has none. */
export type CandidateResult =
  | { readonly kind: "candidate"; readonly candidate: ReplayCandidate }
  | { readonly kind: "skipped"; readonly reason: SkipReason };

/** Headers of one message or connection, which the client sets anew. */
const ownHeaders: ReadonlySet<string> = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "expect",
  "host",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Rebuilds the request of a record. */
export function candidateOf(record: PredictionRecord): CandidateResult {
  const body = wholeBody(record);
  if (typeof body === "string") return { kind: "skipped", reason: body };
  const { method, path } = record;
  if (!/^\/[!-~]*$/.test(path) || !/^[\w!#$%&'*+.^`|~-]+$/.test(method)) return { kind: "skipped", reason: "bad_path" };
  const headers = Object.fromEntries(
    Object.entries(record.headers ?? {}).filter(([name, value]) => !ownHeaders.has(name) && isHeaderValue(value)),
  );
  const bytes = "text" in body ? Buffer.from(body.text) : Buffer.from(body.base64, "base64");
  const isRedacted = holdsRedacted(bytes.toString("latin1")) || Object.values(headers).some(holdsRedacted);
  const contentType = isHeaderValue(body.content_type) ? body.content_type : "";
  return { kind: "candidate", candidate: { method, path, contentType, headers, body: bytes, isRedacted } };
}

/** The body, if it was logged whole, or why it cannot be sent. */
function wholeBody(record: PredictionRecord): Exclude<LoggedBody, { readonly omitted: unknown }> | SkipReason {
  const { request_body: body, cut } = record;
  if (record.error_code !== "" || !isOfServer(record)) return "no_answer";
  if (body === undefined) return cut?.includes("request_body") === true ? "body_omitted" : "no_body";
  if ("omitted" in body) return "body_omitted";
  return body.truncated === true ? "body_truncated" : body;
}

/** With other outcomes the response was not from the model server, or not complete. */
function isOfServer({ outcome, status }: PredictionRecord): boolean {
  return status !== 0 && ["ok", "client_error", "upstream_error"].includes(outcome);
}

const isHeaderValue = (value: string): boolean => /^[\t -~\u0080-\u00ff]*$/.test(value);
