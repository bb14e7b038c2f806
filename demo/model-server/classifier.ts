/** The demonstration's model: a logistic regression over standardised features, as demo/train/train.py wrote it. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** What decides a prediction. The four arrays of numbers and names run over the features in one order. */
export interface ModelParameters {
  readonly features: readonly string[];
  /** Names of class 0 and class 1. */
  readonly classes: readonly [string, string];
  readonly mean: readonly number[];
  readonly scale: readonly number[];
  readonly coefficients: readonly number[];
  readonly intercept: number;
}

/** How the parameters were made, so that they can be checked. */
export interface TrainingFacts {
  readonly library: string;
  readonly estimator: string;
  readonly seed: number;
  readonly trainingRows: number;
  /** Shares from 0 to 1. */
  readonly trainingAccuracy: number;
  readonly heldOutAccuracy: number;
  readonly heldOutCorrect: number;
  /** Indexes into the data set, from 0. */
  readonly heldOutRows: readonly number[];
  readonly dataDigest: string;
}

/** Content of the model file: parameters, and what training recorded. */
export interface ModelFile {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  readonly parameters: ModelParameters;
  readonly training: TrainingFacts;
}

/** The model file in the repository, written by demo/train/train.py. */
export const breastCancerModelUrl: URL = new URL("../model/breast-cancer.data.json", import.meta.url);

/** Reads a model file. Throws when its parameters are not the ones its digest was taken of. */
export function readModelFile(url: URL = breastCancerModelUrl): ModelFile {
  const model = JSON.parse(readFileSync(url, "utf8")) as ModelFile;
  const found = parametersDigest(model.parameters);
  if (found !== model.digest) {
    throw new Error(
      `${url.pathname}: the digest says ${model.digest}, the parameters give ${found}; run demo/train/train.py`,
    );
  }
  return model;
}

/** SHA-256 over the names, one a line, then every number as a little-endian 64-bit float; train.py takes the same. */
export function parametersDigest(parameters: ModelParameters): string {
  const names = [...parameters.features, ...parameters.classes].map((name) => `${name}\n`).join("");
  const numbers = [...parameters.mean, ...parameters.scale, ...parameters.coefficients, parameters.intercept];
  const bytes = new DataView(new ArrayBuffer(numbers.length * 8));
  numbers.forEach((number, index) => bytes.setFloat64(index * 8, number, true));
  return `sha256:${createHash("sha256").update(names).update(bytes).digest("hex")}`;
}

/**
 * Probability of class 1 for one row of raw features in the model's order, 0 to 1. Shorter rows count as if the
 * missing features were average.
 */
export function probabilityOfClassOne(parameters: ModelParameters, row: readonly number[]): number {
  let score = parameters.intercept;
  row.forEach((value, index) => {
    const centred = value - (parameters.mean[index] ?? 0);
    score += (centred / (parameters.scale[index] ?? 1)) * (parameters.coefficients[index] ?? 0);
  });
  return 1 / (1 + Math.exp(-score));
}

/** The likelier class of one row: 0 or 1, and 0 on a tie as scikit-learn has it. */
export function predictClass(parameters: ModelParameters, row: readonly number[]): number {
  return probabilityOfClassOne(parameters, row) > 0.5 ? 1 : 0;
}
