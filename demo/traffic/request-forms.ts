/** How rows are sent in each serving protocol, and how the classes are read from the responses. */
import type { ShapeName } from "../model-server/serving-shape.ts";

/** Rows of numbers, each in the order of the features. */
export type Rows = readonly (readonly number[])[];

/** One way to ask for predictions. */
export interface RequestForm {
  readonly name: string;
  readonly path: string;
  readonly contentType: string;
  /** The request body that asks about these rows. */
  write(rows: Rows, features: readonly string[]): string;
  /** The class predicted for each row, out of a successful answer. Throws on any other text. */
  readonly read: (body: string) => readonly number[];
}

const json = "application/json";
const model = "breast-cancer";

const mlflowForm = (name: string, write: RequestForm["write"], contentType = json): RequestForm => ({
  name,
  path: "/invocations",
  contentType,
  write,
  read: (body) => (JSON.parse(body) as { predictions: number[] }).predictions,
});

/** The forms of each protocol. A real MLflow server whose model has a signature takes all of those of `mlflow`. */
export const requestForms: Readonly<Record<ShapeName, readonly [RequestForm, ...RequestForm[]]>> = {
  mlflow: [
    mlflowForm("dataframe_split", (data, columns) => JSON.stringify({ dataframe_split: { columns, data } })),
    mlflowForm("dataframe_records", (rows, features) => JSON.stringify({ dataframe_records: records(rows, features) })),
    mlflowForm("instances", (rows, features) => JSON.stringify({ instances: records(rows, features) })),
    mlflowForm("inputs", (rows, features) => JSON.stringify({ inputs: columns(rows, features) })),
    mlflowForm(
      "csv",
      (rows, features) => [features, ...rows].map((cells) => `${cells.join(",")}\n`).join(""),
      "text/csv",
    ),
  ],
  "tensorflow-serving": [
    {
      name: "predict by row",
      path: `/v1/models/${model}:predict`,
      contentType: json,
      write: (instances) => JSON.stringify({ instances }),
      read: (body) => (JSON.parse(body) as { predictions: number[][] }).predictions.map(likelier),
    },
    {
      name: "predict by column",
      path: `/v1/models/${model}/versions/1:predict`,
      contentType: json,
      write: (features) => JSON.stringify({ inputs: { features } }),
      read: (body) => (JSON.parse(body) as { outputs: number[][] }).outputs.map(likelier),
    },
    {
      name: "classify",
      path: `/v1/models/${model}:classify`,
      contentType: json,
      write: (rows, features) => JSON.stringify({ examples: records(rows, features) }),
      read: (body) =>
        (JSON.parse(body) as { results: [string, number][][] }).results.map((scores) =>
          likelier(scores.map(([, score]) => score)),
        ),
    },
  ],
  "kserve-v2": [
    kserveForm("one tensor", `/v2/models/${model}/infer`, (rows, features) => [
      { name: "features", shape: [rows.length, features.length], datatype: "FP64", data: rows.flat() },
    ]),
    kserveForm("a tensor a feature", `/v2/models/${model}/versions/1/infer`, (rows, features) =>
      Object.entries(columns(rows, features)).map(([name, data]) => ({
        name,
        shape: [rows.length, 1],
        datatype: "FP64",
        data,
      })),
    ),
  ],
};

function kserveForm(
  name: string,
  path: string,
  tensors: (rows: Rows, features: readonly string[]) => readonly unknown[],
): RequestForm {
  return {
    name,
    path,
    contentType: json,
    write: (rows, features) => JSON.stringify({ inputs: tensors(rows, features) }),
    read: (body) => {
      const { outputs } = JSON.parse(body) as { outputs: { name: string; data: number[] }[] };
      const classes = outputs.find((output) => output.name === "predict");
      if (classes === undefined) {
        throw new Error("the answer has no output `predict`");
      }
      return classes.data;
    },
  };
}

const likelier = (scores: readonly number[]): number => ((scores[1] ?? 0) > (scores[0] ?? 0) ? 1 : 0);

function records(rows: Rows, features: readonly string[]): readonly Readonly<Record<string, number | undefined>>[] {
  return rows.map((row) => Object.fromEntries(features.map((name, index) => [name, row[index]])));
}

function columns(rows: Rows, features: readonly string[]): Readonly<Record<string, readonly (number | undefined)[]>> {
  return Object.fromEntries(features.map((name, index) => [name, rows.map((row) => row[index])]));
}
