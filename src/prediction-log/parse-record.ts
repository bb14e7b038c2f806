/** Parses lines of the prediction log. */
import { recordSchema, type PredictionRecord } from "./prediction-record.ts";

/** Result of {@link parseRecord}. */
export type RecordResult =
  /**
   * A record. `isNewer`: its schema is newer than this program's. Fields that do not match this schema were replaced by
   * a neutral value (an empty string, 0) or left out.
   */
  | { readonly kind: "record"; readonly record: PredictionRecord; readonly isNewer: boolean }
  /** `problem` is a clause, e.g. `it is not a JSON object`. */
  | { readonly kind: "malformed"; readonly problem: string };

/**
 * Parses one line without its line end. Unknown fields are kept, and so are unknown values of closed lists (outcome,
 * route), since these may grow. Never throws; linear in the line.
 */
export function parseRecord(line: string): RecordResult {
  const parsed = parsedObject(line);
  if (parsed === undefined) return malformed("it is not a JSON object");
  const { schema, time } = parsed;
  if (typeof schema !== "number" || !Number.isSafeInteger(schema) || schema < 1) {
    return malformed("`schema` is not a schema number");
  }
  if (typeof time !== "string" || !timePattern.test(time)) {
    return malformed("`time` is not a time with nine digits of a second, e.g. 2026-11-25T12:00:00.123000001Z");
  }
  const isNewer = schema > recordSchema;
  const problem = isNewer ? undefined : problemOf(parsed);
  if (problem !== undefined) return malformed(problem);
  return { kind: "record", record: (isNewer ? adapted(parsed) : parsed) as unknown as PredictionRecord, isNewer };
}

/**
 * The `time` of a line that this program wrote, without parsing the line; undefined for any other line. Times sort as
 * strings.
 */
export function timeOfLine(line: string): string | undefined {
  return linePattern.exec(line)?.[1];
}

type Fields = Readonly<Record<string, unknown>>;

interface FieldRule {
  readonly holds: (value: unknown) => boolean;
  readonly expected: string;
  /** Replacement in a newer record that lacks the field; absent for optional fields. */
  readonly neutral?: unknown;
}

const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/;
const linePattern = /^\{"schema":\d{1,9},"time":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z)"/;

const malformed = (problem: string): RecordResult => ({ kind: "malformed", problem });

function parsedObject(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): boolean => typeof value === "string";
const isNumber = (value: unknown): boolean => typeof value === "number";
const isValue = (value: unknown): boolean => value === null || ["number", "string", "boolean"].includes(typeof value);
const isListOf =
  (holds: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.every(holds);
const isMapOf =
  (holds: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    isFields(value) && Object.values(value).every(holds);
const hasNumbers =
  (...names: readonly string[]) =>
  (value: unknown): boolean =>
    isFields(value) && names.every((name) => isNumber(value[name]));

const isSampling = (value: unknown): boolean => {
  if (!isFields(value) || !isText(value["reason"])) return false;
  const { probability } = value;
  return typeof probability === "number" && probability > 0 && probability <= 1;
};
const isDrift = (value: unknown): boolean =>
  isFields(value) && isText(value["state"]) && isListOf(isText)(value["features"]);
const isTokens = (value: unknown): boolean =>
  hasNumbers("prompt", "completion")(value) && isListOf(isText)((value as Fields)["finish_reasons"]);
const isBody = (value: unknown): boolean =>
  isFields(value) &&
  isText(value["content_type"]) &&
  ["text", "base64", "omitted"].filter((name) => isText(value[name])).length === 1;

const text: FieldRule = { holds: isText, expected: "a string", neutral: "" };
const number: FieldRule = { holds: isNumber, expected: "a number", neutral: 0 };
const noTimes = { total: 0, first_byte: 0, upstream: 0, queue: 0 };

const rules: Readonly<Record<Exclude<keyof PredictionRecord, "schema" | "time">, FieldRule>> = {
  request_id: text,
  trace_id: text,
  label_id: { holds: isText, expected: "a string" },
  instance: text,
  model: text,
  version: text,
  variant: text,
  digest: text,
  route: text,
  method: text,
  path: text,
  outcome: text,
  error_code: text,
  status: number,
  latency_ms: {
    holds: hasNumbers(...Object.keys(noTimes)),
    expected: "an object with total, first_byte, upstream and queue",
    neutral: noTimes,
  },
  bytes: {
    holds: hasNumbers("request", "response"),
    expected: "an object with request and response",
    neutral: { request: 0, response: 0 },
  },
  retries: number,
  sampling: {
    holds: isSampling,
    expected: "a reason with a probability over 0 and up to 1",
    neutral: { reason: "sample", probability: 1 },
  },
  drift: { holds: isDrift, expected: "a state with features" },
  rows: number,
  features: { holds: isListOf(isMapOf(isValue)), expected: "a list of rows" },
  prediction: { holds: isListOf(isValue), expected: "a list of values" },
  score: { holds: isListOf(isNumber), expected: "a list of numbers" },
  tokens: { holds: isTokens, expected: "an object with prompt, completion and finish_reasons" },
  unread: { holds: isMapOf(isText), expected: "an object of strings" },
  headers: { holds: isMapOf(isText), expected: "an object of strings" },
  request_body: { holds: isBody, expected: "a body: text, base64 or omitted" },
  response_body: { holds: isBody, expected: "a body: text, base64 or omitted" },
  cut: { holds: isListOf(isText), expected: "a list of strings" },
};

const ruleRows = Object.entries<FieldRule>(rules);

function problemOf(fields: Fields): string | undefined {
  for (const [name, { holds, expected, neutral }] of ruleRows) {
    const value = fields[name];
    if (value === undefined ? neutral === undefined : holds(value)) continue;
    return value === undefined ? `\`${name}\` is missing` : `\`${name}\` is not ${expected}`;
  }
  return undefined;
}

/** A newer record, reduced to this schema. */
function adapted(fields: Fields): Fields {
  const record: Record<string, unknown> = { ...fields };
  for (const [name, { holds, neutral }] of ruleRows) {
    if (holds(fields[name])) continue;
    if (neutral === undefined) delete record[name];
    else record[name] = neutral;
  }
  return record;
}
