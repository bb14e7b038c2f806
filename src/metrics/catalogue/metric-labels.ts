/** The labels of metrics, declared once; the reference lists them with their possible values. */
import { outcomes } from "../../outcome.ts";

const labelNames = [
  "model",
  "version",
  "variant",
  "outcome",
  "status",
  "code",
  "kind",
  "reason",
  "result",
  "digest",
  "revision",
  "node",
  "side",
  "class",
  "feature",
  "statistic",
  "state",
  "change",
  "sink",
  "part",
] as const;

/** Name of a label, see {@link metricLabels}. */
export type MetricLabel = (typeof labelNames)[number];

/** One row of {@link metricLabels}. */
export interface LabelRow {
  readonly meaning: string;
  /** Which values it can have, and so how many. */
  readonly values: string;
}

/** What each label says. None repeats what a scrape adds by itself (`pod`, `namespace`, `instance`). */
export const metricLabels: Readonly<Record<MetricLabel, LabelRow>> = {
  model: {
    meaning:
      "Model name from the path, the body (OpenAI) or the configuration; `__unnamed__` when none of them gives one, `__other__` for names past the cap or that the model server never answered for, `__unmatched__` for requests that were denied or malformed.",
    values: "at most `metrics.max_models` pairs of model and version, and three fixed names",
  },
  version: {
    meaning: "Model version or label from the path or the configuration; empty when unknown.",
    values: "counted together with `model`",
  },
  variant: {
    meaning: "The variant that answered; empty when the request was not sent to an upstream.",
    values: "the variants in the configuration",
  },
  outcome: { meaning: "How the exchange ended.", values: outcomes.join(", ") },
  status: {
    meaning: "Exact status code sent to the client; `0` when it left before one was sent.",
    values: "at most 128 pairs of outcome and status, then `__other__`",
  },
  code: {
    meaning: "Error code, as in the `x-outrider-error` header.",
    values: "the codes in docs/reference/errors.md",
  },
  kind: {
    meaning: "Kind of the path, of what drifts, or of the tokens.",
    values: "health, metadata; feature, prediction, confidence; prompt, completion",
  },
  reason: {
    meaning: "Reason; see each metric.",
    values: "a fixed list for each metric; of finish reasons the first 20, then `__other__`",
  },
  result: { meaning: "Outcome of the operation.", values: "a fixed list for each metric, e.g. success, failure" },
  digest: { meaning: "Digest of the model's files, as configured.", values: "one" },
  revision: { meaning: "Source revision of the build.", values: "one" },
  node: { meaning: "Version of the Node.js runtime.", values: "one" },
  side: { meaning: "Body of the request or of the response.", values: "request, response" },
  class: { meaning: "Class that was predicted.", values: "the first 50 of a model, then `__other__`" },
  feature: {
    meaning: "Name of the feature, or `prediction` or `confidence`.",
    values: "the baseline's, within 3,000 series of drift a model",
  },
  statistic: {
    meaning: "Name of the statistic.",
    values: "js, tvd, linf, chi_squared, adjusted_p, ks, wasserstein and others; see docs/guides/drift.md",
  },
  state: { meaning: "State of the drift.", values: "ok, warn, critical, not_ready" },
  change: { meaning: "Kind of the change.", values: "absent, unknown, retyped" },
  sink: { meaning: "Destination of logged predictions.", values: "those of `predictions.sinks`: file, loki, stdout" },
  part: {
    meaning: "Part that a record lacks.",
    values: "response_body, request_body, headers, features, prediction, rows",
  },
};
