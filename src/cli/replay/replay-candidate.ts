import type { LoggedBody, PredictionRecord } from "../../prediction-log/prediction-record.ts";
import { holdsRedacted } from "../../redaction/redaction-match.ts";

/** Why a logged request is not sent again. */
export const skipReasons = ["no_answer", "no_body", "body_omitted", "body_truncated", "bad_path"] as const;

/** See {@link skipReasons}. */
export type SkipReason = (typeof skipReasons)[number];

/** What each means, for people. */
export const skipTexts: Readonly<Record<SkipReason, string>> = {
  no_answer: "the model server gave no answer then that could be compared",
  no_body: "the request's body was not logged (`predictions.bodies` is off)",
  body_omitted: "the request's body was left out of the record",
  body_truncated: "the request's body is longer than what was logged of it (a quarter of `predictions.record_bytes`)",
  bad_path: "the path holds what no request line can hold",
};

/** A request to send. */
export interface ReplayCandidate {
  readonly method: string;
  readonly path: string;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** True when something in it was masked or hashed: the model sees other values than then. */
  readonly isRedacted: boolean;
}

/** The request of a record, or why it cannot be sent again. */
export type CandidateResult =
  | { readonly kind: "candidate"; readonly candidate: ReplayCandidate }
  | { readonly kind: "skipped"; readonly reason: SkipReason };

/** Headers that belong to one message or connection, and are made anew. */
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

/** Takes the request out of a record. */
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

/** The body when it can be sent as it was, or why not. */
function wholeBody(record: PredictionRecord): Exclude<LoggedBody, { readonly omitted: unknown }> | SkipReason {
  const { request_body: body, cut } = record;
  if (record.error_code !== "" || !isOfServer(record)) return "no_answer";
  if (body === undefined) return cut?.includes("request_body") === true ? "body_omitted" : "no_body";
  if ("omitted" in body) return "body_omitted";
  return body.truncated === true ? "body_truncated" : body;
}

/** What the other outcomes were answered with was not the model server's, or not whole. */
function isOfServer({ outcome, status }: PredictionRecord): boolean {
  return status !== 0 && ["ok", "client_error", "upstream_error"].includes(outcome);
}

const isHeaderValue = (value: string): boolean => /^[\t -~\u0080-\u00ff]*$/.test(value);
