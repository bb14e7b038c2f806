/** Rows of the table of commands for baselines. */
import { datasetFormats } from "../../datasets/dataset.ts";
import type { Command } from "../program/command.ts";
import { jsonFlag } from "../program/json-flag.ts";

const wrongInput = {
  code: 2,
  meaning: "The command line is wrong, or a file cannot be read or is not what it should be.",
} as const;

const build: Command = {
  name: "baseline build",
  summary: "Make a baseline of a data set.",
  operands: "",
  maxOperands: 0,
  about:
    "Reads the data that the model was trained or tested on and writes how each feature, the predictions and the confidence are spread, to compare what is served with. The input is read twice, row by row: it may be larger than the memory. Columns of words, booleans or identities past 2^53 become categories, columns of numbers become bins; what is odd about a column is reported.",
  takesConfig: false,
  flags: [
    {
      name: "--input",
      placeholder: "FILE",
      doc: "Data set: CSV with a header, JSON lines (both also .gz or .zst) or Parquet; a regular file, not a pipe. May be given more than once.",
      isFile: true,
    },
    {
      name: "--output",
      alias: "-o",
      placeholder: "FILE",
      doc: "Where the baseline goes; - is standard output. A file there is replaced when the new one is whole.",
      isFile: true,
    },
    { name: "--prediction", placeholder: "COLUMN", doc: "What the model answered for the row." },
    {
      name: "--label",
      placeholder: "COLUMN",
      doc: "What would have been right: for accuracy and calibration. No feature.",
    },
    {
      name: "--score",
      placeholder: "COLUMN",
      doc: "How sure the model was, 0 to 1: in its prediction, or, with --positive, of that class. No feature.",
    },
    { name: "--positive", placeholder: "VALUE", doc: "The class of two whose probability the score is." },
    { name: "--weight", placeholder: "COLUMN", doc: "How much the row counts. No feature." },
    { name: "--exclude", placeholder: "COLUMNS", doc: "Columns that are no features, with commas between." },
    { name: "--categorical", placeholder: "COLUMNS", doc: "Columns whose numbers are categories." },
    { name: "--numeric", placeholder: "COLUMNS", doc: "Columns whose words are no values but invalid." },
    { name: "--model-name", placeholder: "TEXT", doc: "Name of the model that the baseline is for." },
    { name: "--model-version", placeholder: "TEXT", doc: "Its version." },
    {
      name: "--format",
      placeholder: "WORD",
      doc: "Format of the input, if its ending does not tell.",
      choices: datasetFormats,
    },
    jsonFlag,
  ],
  examples: [
    { line: "outrider baseline build --input train.csv -o baseline.json", explains: "Features only." },
    {
      line: "outrider baseline build --input test.parquet --prediction answer --label churned --score p --positive yes -o baseline.json",
      explains: "With predictions, and how good they were.",
    },
  ],
  exitCodes: [
    { code: 0, meaning: "The baseline is written; the report says what is odd about the data." },
    { code: 1, meaning: "The output cannot be written, or the input changed while it was read." },
    wrongInput,
    { code: 130, meaning: "A signal ended it; nothing is written." },
  ],
  load: async () => (await import("./build.ts")).baselineBuild,
};

const show: Command = {
  name: "baseline show",
  summary: "Draw the distributions of a baseline.",
  operands: "FILE",
  maxOperands: 1,
  about:
    "Prints where a baseline comes from and a chart of each column: its bins or values, what is missing, what is odd. Where a row holds parts of bins its share is marked as approximate; the outermost rows are bins as they are.",
  takesConfig: false,
  flags: [{ name: "--columns", placeholder: "COLUMNS", doc: "Only these columns, with commas between." }, jsonFlag],
  examples: [
    { line: "outrider baseline show baseline.json", explains: "Everything." },
    { line: "outrider baseline show baseline.json --columns age,income", explains: "Two columns." },
  ],
  exitCodes: [{ code: 0, meaning: "All went well." }, wrongInput],
  load: async () => (await import("./show.ts")).baselineShow,
};

const diff: Command = {
  name: "baseline diff",
  summary: "Compare two baselines.",
  operands: "OLD NEW",
  maxOperands: 2,
  about:
    "Compares each feature, the prediction and the confidence of two baselines: population stability index and Jensen-Shannon distance, worst first. Numeric columns with different edges are compared at the old edges, with the new rows spread evenly within their bins, and marked approximate. They differ when a column was added, removed or changed its type, or when an index is 0.05 or more. Only the columns that differ are listed.",
  takesConfig: false,
  flags: [{ name: "--all", doc: "List the columns that do not differ too." }, jsonFlag],
  examples: [
    { line: "outrider baseline diff baseline-v7.json baseline-v8.json", explains: "Before a new model is released." },
  ],
  exitCodes: [
    { code: 0, meaning: "The same columns, each with an index below 0.05." },
    { code: 1, meaning: "They differ." },
    wrongInput,
  ],
  load: async () => (await import("./diff.ts")).baselineDiff,
};

/** See the file's first line. */
export const baselineCommands: readonly Command[] = [build, show, diff];
