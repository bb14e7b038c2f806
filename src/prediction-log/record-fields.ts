/** What each field of a record is, declared once; docs/reference/prediction-record.md comes from here. */
import { driftStates } from "../drift/verdict/history.ts";
import { routeKinds } from "../exchange.ts";
import { bodyOmissions, cutParts } from "./prediction-log-counters.ts";
import { outcomes } from "../outcome.ts";
import { keepReasons, recordSchema, type PredictionRecord } from "./prediction-record.ts";

/** Path of a field, with a dot between names: `latency_ms.total`. Lists, and objects whose names are not fixed, are one field. */
export type RecordFieldPath = PathsOf<PredictionRecord>;

/** What a field holds, in terms of JSON. `value` is a string, a number, a boolean or null. */
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
  /** Empty where numbers are counts or ratios, and for what is no number. */
  readonly unit: string;
  /** When it is there: `always`, or a clause. */
  readonly present: string;
  readonly meaning: string;
  /** All values that it, or an item of it, can have; absent where they are not fixed. */
  readonly values?: readonly (string | number)[];
}

type PathsOf<Value> = {
  [Key in keyof Value & string]-?: `${Key}${RestOf<NonNullable<Value[Key]>>}`;
}[keyof Value & string];

/** Distributes over unions, so that a field of any member is asked for. */
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
    "When the answer was complete: RFC 3339, UTC, nine digits of a second. The last six only tell records apart that share a millisecond.",
  ),
  request_id: always("string", "Identity of the request, the one in `x-request-id`; at most 256 characters."),
  trace_id: always("string", "The 32 hex digits of the trace that it belongs to; empty when unknown."),
  label_id: sometimes("string", "when the request has the header `labels.id_header`", "Identity that labels use."),
  instance: always("string", "Host name of the sidecar: the pod."),
  model: always("string", "Model, from the path, the bodies or the configuration; empty when none of them names one."),
  version: always("string", "Version or label of the model; empty when unknown."),
  variant: always("string", "The variant that answered; empty when no model server was asked."),
  digest: always("string", "Digest of the model's files, as configured; empty when it is not."),
} as const;

const exchangeRows = {
  route: always("string", "What the path is for. Health and metadata are not logged.", {
    values: routeKinds.filter((kind) => kind !== "health" && kind !== "metadata"),
  }),
  method: always("string", "Method of the request."),
  path: always("string", "Path of the request without its query, which is never logged; at most 1,024 characters."),
  outcome: always("string", "How the exchange ended.", { values: outcomes }),
  error_code: always(
    "string",
    "[Code of the error](errors.md) that Outrider answered or noted; empty when there is none.",
  ),
  status: always("integer", "Status sent to the client; 0 when it left before one was sent."),
  "latency_ms.total": always("number", "First byte of the request to last byte of the response.", { unit: "ms" }),
  "latency_ms.first_byte": always(
    "number",
    "First byte of the request to first byte of the response; 0 when there was none.",
    { unit: "ms" },
  ),
  "latency_ms.upstream": always(
    "number",
    "Handing the request to the model server to the last byte of its response; 0 when it was not asked.",
    { unit: "ms" },
  ),
  "latency_ms.queue": always("number", "Waiting for a free connection to the model server.", { unit: "ms" }),
  "bytes.request": always("integer", "Body of the request as it passed.", { unit: "bytes" }),
  "bytes.response": always("integer", "Body of the response as it passed.", { unit: "bytes" }),
  retries: always("integer", "How many times the request was sent again on a new connection: 0 or 1."),
  "sampling.reason": always("string", "Why it was kept: the sample by identity, or a kind of `predictions.always`.", {
    values: keepReasons,
  }),
  "sampling.probability": always(
    "number",
    "How probable it was that this exchange would be kept, more than 0 and at most 1; see [counting](#counting).",
  ),
} as const;

const whenTokens = "when the model reports tokens";
const whenDrift = "from the first window of the model that drift decided";

const contentRows = {
  "drift.state": sometimes("string", whenDrift, "What the last window of the model said.", {
    values: driftStates,
  }),
  "drift.features": sometimes("list of strings", whenDrift, "Features that drift, worst first; at most 20."),
  rows: always("integer", "Rows of the request, or else of the answer; 0 when none were read."),
  features: sometimes(
    "list of objects of values",
    "when features were read",
    "Features by name, an object a row, of the first 100 rows. An integer past 2^53 is a string of its digits; NaN and infinity are null.",
  ),
  prediction: sometimes(
    "list of values",
    "when predictions were read",
    "Number, class or label that the model answered, one a row; null where it has no single value.",
  ),
  score: sometimes("list of numbers", "when the answer says it", "How sure the model was of each prediction, 0 to 1."),
  "tokens.prompt": sometimes("integer", whenTokens, "Tokens of the prompt."),
  "tokens.completion": sometimes("integer", whenTokens, "Tokens of the answer."),
  "tokens.finish_reasons": sometimes("list of strings", whenTokens, "Why each choice ended, as the model reports."),
  "unread.request": sometimes("string", "when the request's body gave nothing", "Why it gave no features.", {
    values: bodyOmissions,
  }),
  "unread.response": sometimes("string", "when the response's body gave nothing", "Why it gave no predictions.", {
    values: bodyOmissions,
  }),
  headers: sometimes(
    "object of strings",
    "when the request has headers that `predictions.headers` names",
    "These headers by name in lower case.",
  ),
  ...bodyRows("request"),
  ...bodyRows("response"),
  cut: sometimes(
    "list of strings",
    "when something was left out",
    "What was left out: `rows` are those past the first 100, the others made the record longer than `predictions.record_bytes`.",
    { values: cutParts },
  ),
} as const;

/** Every field of a record by its path, in the order in which they stand there. The compiler asks for each. */
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
    text: sometimes(
      "string",
      "when the body is UTF-8",
      `Body of the ${side} after redaction, without its content coding.`,
    ),
    base64: sometimes("string", "when the body is not UTF-8", "The same in base64."),
    truncated: sometimes(
      "true",
      "when the body is longer",
      "Only its beginning is there, a quarter of `predictions.record_bytes`.",
    ),
    omitted: sometimes("string", "when the body is not there", "Why it is not there.", { values: bodyOmissions }),
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
