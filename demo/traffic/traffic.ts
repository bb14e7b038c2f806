/** What the demonstration's clients ask, one request after the other: real rows, a few mistakes, a path that is none of their business. */
import type { LabelledRows } from "./labelled-rows.ts";
import type { ShapeName } from "../model-server/serving-shape.ts";
import { requestForms } from "./request-forms.ts";
import type { RequestForm } from "./request-forms.ts";
import { randomIndex, weightedChoice } from "./seeded-random.ts";
import type { RandomNumber } from "./seeded-random.ts";

/**
 * `single` and `batch` ask for predictions and get them; a `malformed` body is refused by the model server; an
 * `abandoned` request loses its client before the answer; a `denied` one asks for a path that the sidecar keeps closed.
 */
export const requestKinds = ["single", "batch", "malformed", "abandoned", "denied"] as const;

/** See {@link requestKinds}. */
export type RequestKind = (typeof requestKinds)[number];

/** One request, ready to be sent. */
export interface PlannedRequest {
  readonly kind: RequestKind;
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly contentType: string;
  /** Empty for a GET. */
  readonly body: string;
  /** Which rows it asks about; empty when it is not meant to be answered with predictions. */
  readonly rowIndexes: readonly number[];
  /** The classes in a successful answer, one a row. */
  readClasses(answer: string): readonly number[];
}

/** Of a thousand requests, how many are of each kind. */
export const kindWeights: readonly (readonly [RequestKind, number])[] = [
  ["single", 780],
  ["batch", 185],
  ["malformed", 20],
  ["abandoned", 5],
  ["denied", 10],
];

/** Maximum number of rows in a batch; the minimum is two. Small, because requests with many rows count less in a drift verdict. */
export const maxBatch = 4;

/**
 * A path that the servers of each protocol, or servers on the same port, really have, and that no client of a model should
 * reach: MLflow's registry, TensorFlow Serving's own metrics, the unloading of a model.
 */
export const deniedRequests: Readonly<Record<ShapeName, { readonly method: "GET" | "POST"; readonly path: string }>> = {
  mlflow: { method: "GET", path: "/api/2.0/mlflow/registered-models/search" },
  "tensorflow-serving": { method: "GET", path: "/monitoring/prometheus/metrics" },
  "kserve-v2": { method: "POST", path: "/v2/repository/models/breast-cancer/unload" },
};

/**
 * Gives the next request at every call. Rows are drawn with replacement, each equally likely; the same chance gives
 * the same requests.
 */
export function createTraffic(rows: LabelledRows, protocol: ShapeName, random: RandomNumber): () => PlannedRequest {
  const forms = requestForms[protocol].map((form) => [form, 1] as const);
  return () => {
    const kind = weightedChoice(random, kindWeights);
    if (kind === "denied") {
      return { kind, ...deniedRequests[protocol], contentType: "", body: "", rowIndexes: [], readClasses: () => [] };
    }
    const form = weightedChoice(random, forms);
    const count = kind === "batch" ? 2 + randomIndex(random, maxBatch - 1) : 1;
    const drawn = Array.from({ length: count }, () => randomIndex(random, rows.rows.length));
    const asked = askAbout(rows, form, drawn);
    if (kind === "malformed") {
      return { ...asked, kind, body: spoil(random, rows, form, asked.body) };
    }
    return kind === "abandoned" ? { ...asked, kind } : { ...asked, kind, rowIndexes: drawn };
  };
}

/** The request for some rows in one form, without a kind. */
function askAbout(rows: LabelledRows, form: RequestForm, drawn: readonly number[]): Omit<PlannedRequest, "kind"> {
  return {
    method: "POST",
    path: form.path,
    contentType: form.contentType,
    body: form.write(
      drawn.map((index) => rows.rows[index] ?? []),
      rows.features,
    ),
    rowIndexes: [],
    readClasses: form.read,
  };
}

/** A body as a broken client sends it: cut off in the middle, or without most of the features. */
function spoil(random: RandomNumber, rows: LabelledRows, form: RequestForm, body: string): string {
  if (random() < 0.5) {
    return body.slice(0, Math.floor(body.length / 2));
  }
  return form.write([[1, 2, 3]], rows.features.slice(0, 3));
}
