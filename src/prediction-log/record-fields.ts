/** The fields of a record, declared once. docs/reference/prediction-record.md is generated from here. */
import { driftStates } from "../drift/verdict/history.ts";
import { routeKinds } from "../exchange.ts";
import { bodyOmissions, cutParts } from "./prediction-log-counters.ts";
import { outcomes } from "../outcome.ts";
import { samplingReasons, recordSchema, type PredictionRecord } from "./prediction-record.ts";

/** Path of a field with dots between names: `latency_ms.total`. Lists, and objects with free names, are one field. */
export type RecordFieldPath = PathsOf<PredictionRecord>;

/** Type of a field in terms of JSON. A `value` is a string, a number, a boolean or null. */
export type RecordFieldType =
  | "string"
  | "integer"
  | "number"
  | "true"
  | "list of strings"
  | "list of numbers"
  | "list of values"
  | "list of objects of values"
  | "object of strings";

/** One row of {@link recordFields}. */
export interface RecordField {
  readonly type: RecordFieldType;
  /** Empty for counts, ratios, and fields that are not numbers. */
  readonly unit: string;
  /** When the field is present: `always`, or a clause. */
  readonly present: string;
  readonly meaning: string;
  /** All values that the field, or an item of it, can have; absent where they are not fixed. */
  readonly values?: readonly (string | number)[];
}

type PathsOf<Value> = {
  [Key in keyof Value & string]-?: `${Key}${RestOf<NonNullable<Value[Key]>>}`;
}[keyof Value & string];

/** Distributes over unions, so that the fields of all members are required. */
type RestOf<Value> = Value extends readonly unknown[]
  ? ""
  : Value extends object
    ? string extends keyof Value
      ? ""
      : `.${PathsOf<Value>}`
    : "";

const identityRows = {
  schema: always("integer", `Version of the schema: ${recordSchema}.`, { values: [recordSchema] }),
  time: always(
    "string",
    "End of the response: RFC 3339, UTC, nine digits of a second. The last six only distinguish records of one millisecond.",
  ),
  request_id: always("string", "Identity of the request, as in `x-request-id`; at most 256 characters."),
  trace_id: always("string", "Trace ID, 32 hex digits; empty when unknown."),
  label_id: sometimes(
    "string",
    "when the request has the header `labels.id_header`",
    "Value of that header, by which labels are joined.",
  ),
  instance: always("string", "Host name of the sidecar: the pod."),
  model: always(
    "string",
    "Model name from the path, the bodies or the configuration; empty when none of them has one.",
  ),
  version: always("string", "Version or label of the model; empty when unknown."),
  variant: always("string", "Variant that answered; empty when the request was not sent to a model server."),
  digest: always("string", "Digest of the model's files, as configured; empty when not configured."),
} as const;

const exchangeRows = {
  route: always("string", "Kind of the path. Health and metadata are not logged.", {
    values: routeKinds.filter((kind) => kind !== "health" && kind !== "metadata"),
  }),
  method: always("string", "Method of the request."),
  path: always("string", "Path of the request without its query, which is never logged; at most 1,024 characters."),
  outcome: always("string", "How the exchange ended.", { values: outcomes }),
  error_code: always("string", "[Error code](errors.md) that Outrider returned or recorded; empty when there is none."),
  status: always("integer", "Status sent to the client; 0 when the client disconnected before that."),
  "latency_ms.total": always("number", "First byte of the request to last byte of the response.", { unit: "ms" }),
  "latency_ms.first_byte": always(
    "number",
    "First byte of the request to first byte of the response; 0 when there was none.",
    { unit: "ms" },
  ),
  "latency_ms.upstream": always(
    "number",
    "Start of sending the request to the model server to the last byte of its response; 0 when it was not sent.",
    { unit: "ms" },
  ),
  "latency_ms.queue": always("number", "Waiting for a free connection to the model server.", { unit: "ms" }),
  "bytes.request": always("integer", "Size of the request body on the wire.", { unit: "bytes" }),
  "bytes.response": always("integer", "Size of the response body on the wire.", { unit: "bytes" }),
  retries: always("integer", "How many times the request was sent again on a new connection: 0 or 1."),
  "sampling.reason": always(
    "string",
    "Why the exchange was logged: the sample by identity, or a kind of `predictions.always`.",
    {
      values: samplingReasons,
    },
  ),
  "sampling.probability": always(
    "number",
    "Probability with which this exchange was chosen, more than 0 and at most 1; see [counting](#counting).",
  ),
} as const;

const whenTokens = "when the model reports tokens";
const whenDrift = "after the model's first drift window";

const contentRows = {
  "drift.state": sometimes("string", whenDrift, "Drift state of the model's last window.", {
    values: driftStates,
  }),
  "drift.features": sometimes("list of strings", whenDrift, "Drifting features, worst first; at most 20."),
  rows: always("integer", "Rows of the request, or else of the response; 0 when none were read."),
  features: sometimes(
    "list of objects of values",
    "when features were read",
    "Features by name, one object a row, of the first 100 rows. Integers past 2^53 are strings of digits; NaN and infinity are null.",
  ),
  prediction: sometimes(
    "list of values",
    "when predictions were read",
    "Predicted number, class or label, one a row; null where the prediction is not a single value.",
  ),
  score: sometimes("list of numbers", "when the response holds it", "Confidence of each prediction, 0 to 1."),
  "tokens.prompt": sometimes("integer", whenTokens, "Tokens of the prompt."),
  "tokens.completion": sometimes("integer", whenTokens, "Tokens of the completion."),
  "tokens.finish_reasons": sometimes("list of strings", whenTokens, "Why each choice ended, as the model reports."),
  "unread.request": sometimes("string", "when no features were read", "Why the request body gave no features.", {
    values: bodyOmissions,
  }),
  "unread.response": sometimes(
    "string",
    "when no predictions were read",
    "Why the response body gave no predictions.",
    {
      values: bodyOmissions,
    },
  ),
  headers: sometimes(
    "object of strings",
    "when the request has headers of `predictions.headers`",
    "Values of these headers, by name in lower case.",
  ),
  ...bodyRows("request"),
  ...bodyRows("response"),
  cut: sometimes(
    "list of strings",
    "when parts are missing",
    "Missing parts: `rows` past the first 100, the others because the record was longer than `predictions.record_bytes`.",
    { values: cutParts },
  ),
} as const;

/** Every field of a record by its path, in the order of the record. The type makes the list complete. */
export const recordFields: Readonly<Record<RecordFieldPath, RecordField>> = {
  ...identityRows,
  ...exchangeRows,
  ...contentRows,
};

type RowDetails = Partial<Pick<RecordField, "unit" | "values">>;

function always(type: RecordFieldType, meaning: string, details: RowDetails = {}): RecordField {
  return sometimes(type, "always", meaning, details);
}

function sometimes(type: RecordFieldType, present: string, meaning: string, details: RowDetails = {}): RecordField {
  return { type, unit: "", present, meaning, ...details };
}

function bodyRows<Side extends "request" | "response">(side: Side): Record<BodyPath<Side>, RecordField> {
  const rows: Readonly<Record<BodyField, RecordField>> = {
    content_type: sometimes(
      "string",
      "with `predictions.bodies`",
      `Content-Type of the ${side}; empty when it has none.`,
    ),
    text: sometimes("string", "when the body is UTF-8", `Decoded body of the ${side} after redaction.`),
    base64: sometimes("string", "when the body is not UTF-8", "The same in base64."),
    truncated: sometimes(
      "true",
      "when the body is longer",
      "Only the first bytes are in the record, up to a quarter of `predictions.record_bytes`.",
    ),
    omitted: sometimes("string", "when the body is omitted", "Why it is omitted.", { values: bodyOmissions }),
  };
  return Object.fromEntries(Object.entries(rows).map(([name, row]) => [`${side}_body.${name}`, row])) as Record<
    BodyPath<Side>,
    RecordField
  >;
}

type BodyField = RecordFieldPath extends infer Path
  ? Path extends `request_body.${infer Name}`
    ? Name
    : never
  : never;

type BodyPath<Side extends "request" | "response"> = `${Side}_body.${BodyField}`;
