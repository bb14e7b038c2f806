/** A baseline holds 64-bit numbers and a tensor of FP32 the nearest 32-bit ones: both must fall into the same cells. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { BaselineLearner } from "../../../src/drift/baseline/baseline-learner.ts";
import { layOutCells } from "../../../src/drift/window/cell-layout.ts";
import { TableCounter } from "../../../src/drift/window/table-counter.ts";
import { emptyWindow } from "../../../src/drift/window/window-counts.ts";
import { createKserveV2Reader } from "../../../src/protocols/kserve-v2/reader.ts";
import type { BodyReader } from "../../../src/payload/body-content.ts";
import { nextUp } from "../../../src/sketch/next-up.ts";
import { encodeV2, type TensorToWrite, v2Body } from "../../payload/tensor/tensor-encoder.ts";
import { baselineOf, categorical, numeric } from "../support/some-baselines.ts";

const reader: BodyReader = createKserveV2Reader({ limits: { rows: 1000, columns: 100, depth: 8 } });

/** Each of these values has a cell of its own, as a value with much of the mass has. */
const values = [0, 0.1, 0.2, 0.3, 1 / 3, 0.7, 1e6 + 0.1];
const edges = values.flatMap((value) => [value, nextUp(value)]);
const cellOf = (value: number): number => 2 * values.indexOf(value);
const baseline = baselineOf([numeric("a", edges), numeric("b", edges), categorical("c", { x: 1 })], {
  prediction: numeric("prediction", edges),
  confidence: numeric("confidence", edges),
});
const layout = layOutCells(baseline, 100);

/** How the client writes a number: as it is, or as 32 bits show it when they are taken for 64. */
const writings = [(value: number) => value, Math.fround];

const column = (name: string, data: readonly (number | string)[], isBinary: boolean): TensorToWrite => ({
  name,
  shape: [data.length, 1],
  datatype: typeof data[0] === "string" ? "BYTES" : "FP32",
  data,
  isBinary,
});

function expectOneEach(vector: Float64Array, place: number, rows: readonly number[]): void {
  const expected = Array.from({ length: edges.length - 1 }, () => 0);
  for (const value of rows) expected[cellOf(value)] = (expected[cellOf(value)] ?? 0) + 1;
  const { offset } = layout.targets[place] ?? expect.fail("no target");
  expect([...vector.subarray(offset, offset + expected.length)]).toEqual(expected);
}

const rowsOfValues = fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: 20 });

it.each([
  ["alone", ["a"]],
  ["beside others of its kind", ["a", "b"]],
  ["beside text", ["c", "a", "b"]],
])("a feature of 32 bits is counted where its 64-bit number is, %s", (_, names) => {
  fc.assert(
    fc.property(rowsOfValues, fc.boolean(), fc.constantFrom(...writings), (rows, isBinary, write) => {
      const inputs = names.map((name) => column(name, name === "c" ? rows.map(() => "x") : rows.map(write), isBinary));
      const read = reader.readRequest(v2Body(encodeV2("inputs", inputs)));
      const window = emptyWindow(layout);
      if (read.kind === "read" && read.value.features)
        new TableCounter(layout).countFeatures(read.value.features, window);
      for (const name of names) if (name !== "c") expectOneEach(window.vector, name === "a" ? 0 : 1, rows);
    }),
  );
});

it("a prediction and a confidence of 32 bits are counted where their 64-bit numbers are", () => {
  const scores = [0, 0.1, 0.2, 0.3, 1 / 3, 0.7];
  fc.assert(
    fc.property(fc.constantFrom(...scores), fc.boolean(), fc.constantFrom(...writings), (score, isBinary, write) => {
      const outputs = [column("label", [write(score)], isBinary), column("score", [write(score)], isBinary)];
      const read = reader.readResponse(v2Body(encodeV2("outputs", outputs)));
      const window = emptyWindow(layout);
      const predictions = read.kind === "read" ? read.value.predictions : undefined;
      if (predictions !== undefined) new TableCounter(layout).countPredictions(predictions, window);
      expectOneEach(window.vector, 3, [score]);
      expectOneEach(window.vector, 4, [score]);
    }),
  );
});

it("the larger of two probabilities of 32 bits is counted where its 64-bit number is", () => {
  for (const write of writings) {
    for (const isBinary of [false, true]) {
      const data = [0.3, 0.7].map(write);
      const output: TensorToWrite = { name: "probabilities", shape: [1, 2], datatype: "FP32", data, isBinary };
      const label = column("label", [1], isBinary);
      for (const outputs of [[output], [label, output]]) {
        const read = reader.readResponse(v2Body(encodeV2("outputs", outputs)));
        const window = emptyWindow(layout);
        const predictions = read.kind === "read" ? read.value.predictions : undefined;
        if (predictions !== undefined) new TableCounter(layout).countPredictions(predictions, window);
        expectOneEach(window.vector, 4, [0.7]);
      }
    }
  }
});

it("a baseline learned from 32 bits is the same in whichever way they came", () => {
  const learned = writings.flatMap((write) =>
    [false, true].map((isBinary) => {
      const learner = new BaselineLearner({ maxColumns: 10, maxBytes: 1e7, random: () => 0.5 });
      for (let request = 0; request < 10; request++) {
        const inputs = [column("a", values.map(write), isBinary), column("c", values.map(String), isBinary)];
        const read = reader.readRequest(v2Body(encodeV2("inputs", inputs)));
        if (read.kind === "read" && read.value.features) learner.add(read.value.features, undefined);
      }
      return learner.finish("2026-01-01T00:00:00Z", "m");
    }),
  );
  expect(learned[0]?.features[0]).toMatchObject({ name: "a", counts: expect.arrayContaining([10]) as unknown });
  for (const one of learned) expect(one).toEqual(learned[0]);
});
