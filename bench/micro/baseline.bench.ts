/** Building and learning baselines: what a cell of a file and a row of a request cost. */
import { BaselineLearner } from "../../src/drift/baseline/baseline-learner.ts";
import { cellFromText } from "../../src/payload/table/cell-text.ts";
import { parseCsv } from "../../src/payload/csv/csv.ts";
import { binOf } from "../../src/sketch/bin-of.ts";
import { FrequentValues } from "../../src/sketch/frequent-values.ts";
import { seededRandom } from "../../src/sketch/seeded-random.ts";
import type { MicroCases } from "./run-micro.ts";

const random = seededRandom(1);
const numbers = Float64Array.from({ length: 4096 }, random);
const texts = Array.from(numbers, String);
let turn = 0;
const next = (): number => turn++ & 4095;

const edges = Float64Array.from({ length: 21 }, (_, index) => index / 20);

const names = Array.from({ length: 40 }, (_, index) => `feature_${index}`);
const body = `${names.join(",")}\n${Array.from({ length: 25 }, (_, row) => texts.slice(row * 40, row * 40 + 40).join(",")).join("\n")}\n`;

const columns = { names, isPositional: false };
const table = { columns, rowCount: 1, cells: numbers.subarray(0, 40) };
const learnerOptions = { maxColumns: 1000, maxBytes: 2 ** 24, random };
const early = new BaselineLearner(learnerOptions);
const late = new BaselineLearner({ ...learnerOptions, maxBytes: 2 ** 20 });
for (let row = 0; row < 5000; row++) late.add(table, undefined);

const values = new FrequentValues(2 ** 20);
const words = Array.from({ length: 100 }, (_, index) => `word-${index}`);

/** The cases, by name. */
export const cases: MicroCases = {
  "the bin of a number among 20": () => binOf(edges, numbers[next()] ?? 0),
  "the value of a field that is a number": () => cellFromText(texts[next()] ?? ""),
  "the value of a field that is a word": () => cellFromText("Bern"),
  "a CSV body of 25 rows of 40 numbers, as text": () => parseCsv(body, 1000),
  "counting one of 100 words": () => {
    values.add(words[next() % 100] ?? "", 1);
  },
  "learning a row of 40 numbers, edges not yet set": () => {
    early.add(table, undefined);
  },
  "learning a row of 40 numbers, edges set": () => {
    late.add(table, undefined);
  },
};
