import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { afterEach, describe, expect, it } from "vitest";

import { breastCancerRowsUrl, readLabelledRows } from "../../demo/traffic/labelled-rows.ts";
import {
  breastCancerModelUrl,
  parametersDigest,
  predictClass,
  probabilityOfClassOne,
  readModelFile,
} from "../../demo/model-server/classifier.ts";

const model = readModelFile();
const data = readLabelledRows();
const { training } = model;

const countRight = (indexes: readonly number[]): number =>
  indexes.filter((index) => predictClass(model.parameters, data.rows[index]!) === data.labels[index]).length;

/** Row index, and class 1 in predict_proba of the trained scikit-learn pipeline. */
const knownProbabilities: readonly [number, number][] = [
  [0, 2.3832752939452276e-9],
  [19, 0.9264693744510247],
  [73, 0.8945680194576904],
  [135, 0.8982733379381769],
  [297, 0.9983730427240998],
  [568, 0.9999873588635113],
];

const folders: string[] = [];

afterEach(() => {
  folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true }));
});

const writeTemporary = (text: string): URL => {
  const folder = mkdtempSync(path.join(tmpdir(), "outrider-demo-"));
  folders.push(folder);
  const file = path.join(folder, "file");
  writeFileSync(file, text);
  return pathToFileURL(file);
};

describe("the rows of the demonstration", () => {
  it("are the 569 rows of 30 features that the model was trained on", () => {
    expect(data.rows).toHaveLength(569);
    expect(data.features).toEqual(model.parameters.features);
    expect(data.labels.filter((label) => label === 1)).toHaveLength(357);
    const digest = createHash("sha256").update(readFileSync(breastCancerRowsUrl)).digest("hex");
    expect(training.dataDigest).toBe(`sha256:${digest}`);
  });

  it("are refused with the line's number when a cell is missing or no number", () => {
    expect(() => readLabelledRows(writeTemporary("a,b,target\n1,2,0\n1,2\n"))).toThrow("line 3");
    expect(() => readLabelledRows(writeTemporary("a,b,target\n1,x,0\n"))).toThrow("line 2");
  });
});

describe("the committed model", () => {
  it("has on the held-out rows the accuracy that its training recorded", () => {
    expect(training.heldOutRows).toHaveLength(143);
    expect(new Set(training.heldOutRows).size).toBe(143);
    const right = countRight(training.heldOutRows);
    expect(right).toBe(training.heldOutCorrect);
    expect(right / 143).toBe(training.heldOutAccuracy);
    expect(training.heldOutAccuracy).toBeGreaterThan(0.95);
  });

  it("has on the other rows the accuracy that its training recorded", () => {
    const heldOut = new Set(training.heldOutRows);
    const others = data.rows.map((_, index) => index).filter((index) => !heldOut.has(index));
    expect(others).toHaveLength(training.trainingRows);
    expect(countRight(others) / others.length).toBe(training.trainingAccuracy);
  });

  it.each(knownProbabilities)("gives row %i the probability that scikit-learn gives it", (row, probability) => {
    expect(probabilityOfClassOne(model.parameters, data.rows[row]!)).toBeCloseTo(probability, 10);
  });

  it("is refused when its parameters are not the ones that its digest was taken of", () => {
    const text = readFileSync(breastCancerModelUrl, "utf8");
    const changed = text.replace(String(model.parameters.intercept), String(model.parameters.intercept + 1));
    expect(changed).not.toBe(text);
    expect(() => readModelFile(writeTemporary(changed))).toThrow("train.py");
  });

  it("has another digest for another name or order of features", () => {
    const [first = "", second = "", ...rest] = model.parameters.features;
    expect(parametersDigest({ ...model.parameters, features: [second, first, ...rest] })).not.toBe(model.digest);
  });
});
