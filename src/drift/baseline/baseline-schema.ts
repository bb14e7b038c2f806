/**
 * The format of a baseline file, declared once: the reader checks by it, and the JSON Schema in the reference is it.
 */
import {
  baselineFormatVersion,
  maxRareListLength,
  maxFeatures,
  maxValues,
  type BaselineQuality,
  type CalibrationMap,
  type DistributionNote,
} from "./baseline.ts";

/** The part of JSON Schema (2020-12) that baselines need. */
export type FormatSchema = (
  | ObjectSchema
  | ArraySchema
  | { readonly type: "number"; readonly minimum?: number; readonly maximum?: number }
  | { readonly type: "boolean" }
  | StringSchema
  | { readonly const: string | number }
  | { readonly oneOf: readonly FormatSchema[] }
) & { readonly description?: string };

/** An object with these members and no others. */
export interface ObjectSchema {
  readonly type: "object";
  readonly properties: Readonly<Record<string, FormatSchema>>;
  readonly required: readonly string[];
  readonly additionalProperties: false;
}

/** A list of items of one schema, with a bound on its length. */
export interface ArraySchema {
  readonly type: "array";
  readonly items: FormatSchema;
  readonly minItems?: number;
  readonly maxItems: number;
}

/** A text; `maxLength` counts code points. */
export interface StringSchema {
  readonly type: "string";
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
}

const notes: Readonly<Record<DistributionNote, true>> = {
  constant: true,
  all_missing: true,
  mixed_types: true,
  many_values: true,
};

const calibrationKinds: Readonly<Record<CalibrationMap["of"], true>> = { positive_probability: true, confidence: true };

function object(
  properties: Readonly<Record<string, FormatSchema>>,
  optional: readonly string[] = [],
  description?: string,
): FormatSchema {
  return {
    type: "object",
    ...(description === undefined ? {} : { description }),
    properties,
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
    additionalProperties: false,
  };
}

const text = (maxLength: number, description: string): FormatSchema => ({ type: "string", maxLength, description });
const count = (description: string): FormatSchema => ({ type: "number", minimum: 0, description });
const list = (items: FormatSchema, maxItems: number, description: string): FormatSchema => ({
  type: "array",
  items,
  maxItems,
  description,
});

const name = text(300, "Name of the column.");
const note: FormatSchema = {
  type: "string",
  enum: Object.keys(notes),
  description: "Reason why the column is less useful.",
};
const share: FormatSchema = { type: "number", minimum: 0, maximum: 1 };

const maxEdges = 1001;

const numeric = object(
  {
    name,
    kind: { const: "numeric" },
    edges: list(
      { type: "number" },
      maxEdges,
      "Edges of the bins [edges[i], edges[i+1]), the last one closed; strictly ascending, one more than there are counts, none when no number was seen.",
    ),
    counts: list({ type: "number", minimum: 0 }, maxEdges - 1, "Rows in each bin."),
    missing: count("Rows without a value."),
    invalid: count("Rows whose value is not a finite number."),
    mean: { type: "number", description: "Of the finite values; 0 when there were none." },
    standardDeviation: count("Of the finite values as a population."),
    quartiles: {
      type: "array",
      items: { type: "number" },
      minItems: 3,
      maxItems: 3,
      description: "25 %, 50 % and 75 % quantile of the finite values, ascending.",
    },
    note,
  },
  ["note"],
  "Numbers, counted in bins.",
);

const categorical = object(
  {
    name,
    kind: { const: "categorical" },
    values: list(
      { type: "string", maxLength: 256 },
      maxValues,
      "Values with a cell of their own, most frequent first, each once.",
    ),
    counts: list({ type: "number", minimum: 0 }, maxValues, "Rows with each of the values."),
    other: count("Rows with values that have no cell of their own."),
    rareValues: list(
      { type: "string", maxLength: 256 },
      maxRareListLength,
      "Values that were seen and have no cell, each once.",
    ),
    isRareComplete: { type: "boolean", description: "False when there were more rare values than the list holds." },
    missing: count("Rows without a value."),
    distinct: count("Different values seen, or the bound of counting when there were more."),
    note,
  },
  ["note"],
  "Words, counted one by one.",
);

const distribution: FormatSchema = { oneOf: [numeric, categorical] };

const calibration = object(
  {
    of: { type: "string", enum: Object.keys(calibrationKinds) },
    positive: text(256, "The class whose probability is meant; empty for confidence."),
    x: list(share, 50, "Probabilities that the model reported, strictly ascending."),
    y: list(share, 50, "Share of the rows that were right at this x, never descending; as many as there are x."),
  },
  [],
  "A map through (x[i], y[i]), linear between them and constant outside.",
);

const qualityFields: Readonly<Record<keyof BaselineQuality, FormatSchema>> = {
  accuracy: { ...share, description: "Part of the rows whose prediction was the label." },
  meanAbsoluteError: count("Mean absolute error of numeric predictions."),
  rows: count("Rows that were compared."),
  calibration,
};

/**
 * A whole baseline. Beyond it, lists that belong together have the lengths and the order that their descriptions say.
 */
export const baselineSchema: FormatSchema = object(
  {
    format: { const: "outrider-baseline" },
    version: { const: baselineFormatVersion },
    createdAt: {
      type: "string",
      pattern: String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$`,
      description: "RFC 3339 in UTC.",
    },
    source: object(
      {
        kind: { type: "string", enum: ["file", "learned"] },
        name: text(1000, "File name, or the name of the model it was learned from."),
        digest: {
          type: "string",
          pattern: "^(sha256:[0-9a-f]{64})?$",
          description: "Of the input's bytes; empty when learned.",
        },
        rows: count("Rows counted; the sum of weights when rows were weighted."),
        weightedRows: count("How many rows there were, when they were weighted."),
      },
      ["weightedRows"],
    ),
    model: object({ name: text(256, "Name of the model."), version: text(256, "Its version.") }),
    features: list(distribution, maxFeatures, "In the order of the input's columns; each name once."),
    prediction: distribution,
    confidence: numeric,
    quality: object({ ...qualityFields }, ["accuracy", "meanAbsoluteError", "calibration"]),
  },
  ["model", "prediction", "confidence", "quality"],
);
