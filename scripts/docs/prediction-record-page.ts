import { recordSchema, type PredictionRecord } from "../../src/prediction-log/prediction-record.ts";
import { recordFields, type RecordField } from "../../src/prediction-log/record-fields.ts";
import { code, markdownTable, pageHead, type Page } from "./page.ts";

/** docs/reference/prediction-record.md. */
export const predictionRecordPage: Page = { file: "prediction-record.md", render };

/** The record that the page shows. */
export const exampleRecord: PredictionRecord = {
  schema: recordSchema,
  time: "2026-11-25T12:00:00.123000001Z",
  request_id: "6b1f0c6a9f0d4c6c8f6f3a8f5d1f2e7a",
  trace_id: "0af7651916cd43dd8448eb211c80319c",
  label_id: "order-8812",
  instance: "iris-7c9f6d5b8-x2x4k",
  model: "iris",
  version: "3",
  variant: "canary",
  digest: "sha256:4d1f2c7be1a0",
  route: "inference",
  method: "POST",
  path: "/v2/models/iris/versions/3/infer",
  outcome: "ok",
  error_code: "",
  status: 200,
  latency_ms: { total: 12.431, first_byte: 12.207, upstream: 11.902, queue: 0 },
  bytes: { request: 214, response: 187 },
  retries: 0,
  sampling: { reason: "canary", probability: 0.25 },
  drift: { state: "warn", features: ["petal_length"] },
  rows: 3,
  features: [
    { petal_length: 1.4, petal_width: 0.2, soil: "loam" },
    { petal_length: 5.1, petal_width: null, soil: "***" },
  ],
  prediction: ["setosa", "virginica"],
  score: [0.98, 0.71],
  headers: { "x-tenant": "garden" },
  request_body: { content_type: "application/json", text: '{"inputs":[{"name":"petal_length"', truncated: true },
  response_body: { content_type: "application/octet-stream", omitted: "not_redactable" },
  cut: ["rows"],
};

function render(): string {
  const fields = Object.entries<RecordField>(recordFields);
  return [
    pageHead("Prediction record", "src/prediction-log/record-fields.ts"),
    "One JSON object a line, the same in files, on standard output and in Loki; `predictions` in [config.md](config.md) says which exchanges are logged. All texts are as redaction left them. In a path, a dot stands between the names of an object and its member.",
    "",
    markdownTable(
      ["Field", "Type", "Unit", "There", "Meaning"],
      fields.map(([path, { type, unit, present, meaning }]) => [code(path), type, unit, present, meaning]),
    ),
    "",
    "A value is a string, a number, a boolean or null.",
    "",
    "## Fixed values",
    "",
    ...fixedValues(fields),
    "",
    "## Example",
    "",
    "```json",
    JSON.stringify(exampleRecord, undefined, 2),
    "```",
    "",
    ...counting,
    ...versions,
  ].join("\n");
}

/** A line for each list; fields that share one stand together. */
function fixedValues(fields: readonly (readonly [string, RecordField])[]): readonly string[] {
  const lists = new Set(fields.flatMap(([, { values }]) => (values === undefined ? [] : [values])));
  return [...lists].map((list) => {
    const paths = fields.filter(([, { values }]) => values === list).map(([path]) => code(path));
    return `- ${paths.join(", ")}: ${list.map((value) => code(String(value))).join(", ")}`;
  });
}

const counting: readonly string[] = [
  "## Counting",
  "",
  "A record stands for `1 / sampling.probability` exchanges: one that was kept with a probability of 0.01 stands for a hundred. So",
  "",
  "- a **count** is the sum of the weights `1 / sampling.probability`, of the records that a question is about (an outcome, a variant, a status) as well as of all;",
  "- a **mean** is the sum of weight × value, divided by the sum of the weights; a share is such a mean of 0 and 1;",
  "- a **quantile** is taken over the records sorted by value, where half of the weight stands and not half of the records.",
  "",
  "```sh",
  "jq -s 'map(1 / .sampling.probability) | add' outrider-predictions/*.jsonl",
  "```",
  "",
  "The count is unbiased, in bursts too: the decision about an exchange depends only on its identity and on earlier exchanges, and the record holds its probability. The count does have a standard error: about the root of the sum of `(1 - p) / p²` over the records. `sampling.reason` is information only; it does not change the weight.",
  "",
  "Weights do not correct for records that were lost after the sampling: `outrider_prediction_log_failed_total` and `outrider_prediction_log_dropped_total` in [metrics.md](metrics.md) count those. `outrider_prediction_log_offered_total` is the number of exchanges that the weights add up to.",
  "",
  "With the same sample, the same identity is kept or not on every replica, and so is a copy of a request that carries its `x-request-id`, unless `predictions.record_bytes_per_second` is used up.",
  "",
];

const versions: readonly string[] = [
  "## Versions of the schema",
  "",
  "`schema` is a whole number. Within one number fields are only added, and lists of fixed values only grow: a reader ignores fields that it does not know and takes an unknown word as one more. A field is never taken away, renamed, or given another type, unit or meaning without a new number. The order of fields says nothing.",
  "",
];
