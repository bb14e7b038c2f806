/**
 * The record of one prediction in the log: one JSON object a line. The schema only grows: no field is removed or changes
 * its meaning without a new {@link recordSchema}.
 */
import type { WireErrorCode } from "../errors/wire-errors.ts";
import type { RouteKind } from "../exchange.ts";
import type { UnreadReason } from "../payload/body-content.ts";
import type { Outcome } from "../outcome.ts";

/** Version of the schema; the value of `schema` in every record. */
export const recordSchema = 1;

/** Why an exchange was logged: by the deterministic sample, or because of a kind that is always logged up to a rate. */
export const samplingReasons = ["sample", "error", "timeout", "slow", "canary"] as const;

/** See {@link samplingReasons}. */
export type SamplingReason = (typeof samplingReasons)[number];

/** A value of a feature or a prediction. Integers past 2^53 are strings of digits; NaN and missing values are null. */
export type RecordValue = number | string | boolean | null;

/** Why a body is not in the record. */
export type BodyOmission =
  | UnreadReason
  /** The tap did not keep it, or the capture queue was full. */
  | "not_captured"
  /** Redaction is on, and cannot be applied to this body or cannot be verified. */
  | "not_redactable";

/** A body, as text when it is UTF-8. */
export type LoggedBody = { readonly content_type: string } & (
  | { readonly text: string; readonly truncated?: true }
  | { readonly base64: string; readonly truncated?: true }
  | { readonly omitted: BodyOmission }
);

/** Parts that are left out, in this order, until a record is short enough. */
export const cutOrder = ["response_body", "request_body", "headers", "features", "prediction"] as const;

/** See {@link cutOrder}. `rows`: only the first rows are in the record. */
export type CutPart = (typeof cutOrder)[number] | "rows";

/** One record. Unknown values are left out of optional fields, and are empty strings or 0 in the others. */
export interface PredictionRecord {
  readonly schema: typeof recordSchema;
  /** End of the response: RFC 3339, UTC, nine digits of a second. The last six only make it unique. */
  readonly time: string;
  readonly request_id: string;
  readonly trace_id: string;
  /** Value of the request header `labels.id_header`, if present. */
  readonly label_id?: string;
  /** Host name of the sidecar: the pod. */
  readonly instance: string;
  readonly model: string;
  readonly version: string;
  readonly variant: string;
  /** Digest of the deployed model, as configured. */
  readonly digest: string;
  readonly route: RouteKind;
  readonly method: string;
  /** Path of the request without its query, which is never logged. */
  readonly path: string;
  readonly outcome: Outcome;
  readonly error_code: WireErrorCode | "";
  readonly status: number;
  /** Milliseconds with a fraction. The parts overlap and do not add up to the total. */
  readonly latency_ms: {
    readonly total: number;
    readonly first_byte: number;
    readonly upstream: number;
    readonly queue: number;
  };
  /** Sizes of the bodies on the wire. */
  readonly bytes: { readonly request: number; readonly response: number };
  readonly retries: number;
  /** Why it was logged, and with which probability: a count weights each record with `1 / probability`. */
  readonly sampling: { readonly reason: SamplingReason; readonly probability: number };
  /** State of the model's last window; absent before the first. `features` are the drifting ones, worst first, at most 20. */
  readonly drift?: { readonly state: "ok" | "warn" | "critical" | "not_ready"; readonly features: readonly string[] };
  /** Rows of the request; 0 when none were read. If `features` or `prediction` hold fewer, `cut` says so. */
  readonly rows: number;
  /** One object a row. */
  readonly features?: readonly Readonly<Record<string, RecordValue>>[];
  /** One value a row. */
  readonly prediction?: readonly RecordValue[];
  /** Confidence of each prediction, 0 to 1. */
  readonly score?: readonly number[];
  readonly tokens?: {
    readonly prompt: number;
    readonly completion: number;
    readonly finish_reasons: readonly string[];
  };
  /** Why a body gave no features or predictions. */
  readonly unread?: { readonly request?: BodyOmission; readonly response?: BodyOmission };
  /** Request headers of `predictions.headers`, by name in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly request_body?: LoggedBody;
  readonly response_body?: LoggedBody;
  readonly cut?: readonly CutPart[];
}
