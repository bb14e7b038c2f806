/**
 * The record of one prediction as it stands in the log: one JSON object a line. The schema only grows: a field is never
 * taken away or given another meaning without a new {@link recordSchema}.
 */
import type { WireErrorCode } from "../errors.ts";
import type { RouteKind } from "../exchange.ts";
import type { UnreadReason } from "../payload/body-content.ts";
import type { Outcome } from "../outcome.ts";

/** Version of the schema; the value of `schema` in every record. */
export const recordSchema = 1;

/** Why a record was kept. `sample` is the deterministic sample, the others are kinds that are kept whenever the caps allow. */
export const keepReasons = ["sample", "error", "timeout", "slow", "canary"] as const;

/** See {@link keepReasons}. */
export type KeepReason = (typeof keepReasons)[number];

/** A value of a feature or a prediction. An integer past 2^53 is its digits; NaN and what is missing are null. */
export type RecordValue = number | string | boolean | null;

/** Why a body is not in the record, beside what readers say. */
export type BodyOmission =
  | UnreadReason
  /** Not kept by the tap, or no room in the queue. */
  | "not_captured"
  /** Redaction is on and the body is nothing that it can be applied to, or it could not be made sure of. */
  | "not_redactable";

/** A body, as text when it is UTF-8. */
export type LoggedBody = { readonly content_type: string } & (
  | { readonly text: string; readonly truncated?: true }
  | { readonly base64: string; readonly truncated?: true }
  | { readonly omitted: BodyOmission }
);

/** Parts that are left out when a record would be longer than allowed, the first ones first. */
export const cutOrder = ["response_body", "request_body", "headers", "features", "prediction"] as const;

/** See {@link cutOrder}. `rows`: only the first rows are there. */
export type CutPart = (typeof cutOrder)[number] | "rows";

/** One record. Fields that are not known are left out where the type says `?`, and are empty texts or 0 elsewhere. */
export interface PredictionRecord {
  readonly schema: typeof recordSchema;
  /** When the answer was complete: RFC 3339, UTC, nine digits of a second of which the last six only tell records apart. */
  readonly time: string;
  readonly request_id: string;
  readonly trace_id: string;
  /** Value of the header that labels name (`labels.id_header`), when there is one. */
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
  /** Milliseconds with a fraction; the parts are those of the exchange and do not add up. */
  readonly latency_ms: {
    readonly total: number;
    readonly first_byte: number;
    readonly upstream: number;
    readonly queue: number;
  };
  /** Sizes of the bodies as they passed. */
  readonly bytes: { readonly request: number; readonly response: number };
  readonly retries: number;
  /** Why it is here, and how probable that was: a count weighs each record with `1 / probability`. */
  readonly sampling: { readonly reason: KeepReason; readonly probability: number };
  /** What the last window of the model said; absent before the first. `features` are those that drift, worst first, at most 20. */
  readonly drift?: { readonly state: "ok" | "warn" | "critical" | "not_ready"; readonly features: readonly string[] };
  /** Rows of the request; 0 when none were read. `features` and the others may hold fewer, then `cut` says so. */
  readonly rows: number;
  /** An object a row. */
  readonly features?: readonly Readonly<Record<string, RecordValue>>[];
  /** A value a row. */
  readonly prediction?: readonly RecordValue[];
  /** How sure the model was of each, 0 to 1. */
  readonly score?: readonly number[];
  readonly tokens?: {
    readonly prompt: number;
    readonly completion: number;
    readonly finish_reasons: readonly string[];
  };
  /** Why bodies gave no features or predictions, when they were tried. */
  readonly unread?: { readonly request?: BodyOmission; readonly response?: BodyOmission };
  /** Request headers that the configuration names, in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly request_body?: LoggedBody;
  readonly response_body?: LoggedBody;
  readonly cut?: readonly CutPart[];
}
