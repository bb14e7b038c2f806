/** Rows of the table of commands for baselines. */
import { datasetFormats } from "../../datasets/dataset.ts";
import { interruptedExitCode, jsonFlag, type Command, type ExitCode, type FlagSpec } from "../program/command.ts";

/** Exit code 2 of commands that read a data set or a baseline. */
export const wrongInput: ExitCode = {
  code: 2,
  meaning: "The command line is wrong, or an input file cannot be read or is malformed.",
};

/** Flags that give columns of a data set a role. */
export const columnFlags: Readonly<Record<"prediction" | "score" | "positive" | "exclude", FlagSpec>> = {
  prediction: { name: "--prediction", placeholder: "COLUMN", doc: "Column with the prediction of the model." },
  score: {
    name: "--score",
    placeholder: "COLUMN",
    doc: "Column with the confidence of the model, 0 to 1: in its prediction or, with --positive, in that class. Not used as a feature.",
  },
  positive: {
    name: "--positive",
    placeholder: "VALUE",
    doc: "For two classes: the class whose probability --score is.",
  },
  exclude: { name: "--exclude", placeholder: "COLUMNS", doc: "Columns that are not features, separated by commas." },
};

/** The format of a data set to read. */
export const formatFlag: FlagSpec = {
  name: "--format",
  placeholder: "WORD",
  doc: "Format of the input. Default: by the file extension.",
  choices: datasetFormats,
};

const build: Command = {
  name: "baseline build",
  summary: "Build a baseline from a data set.",
  operands: "",
  maxOperands: 0,
  about:
    "Reads the data that the model was trained or tested on and writes the distribution of each feature, of the predictions and of the confidence. Drift is measured against this baseline. The input is read twice, row by row, so it may be larger than memory. Columns of numbers are counted in bins; columns of text, booleans or integers beyond 2^53 are counted by category. Problems in the data are reported by column.",
  takesConfig: false,
  flags: [
    {
      name: "--input",
      placeholder: "FILE",
      doc: "Data set: CSV with a header, JSON lines (either may end in .gz or .zst) or Parquet. A regular file, not a pipe. Can be repeated.",
      isFile: true,
    },
    {
      name: "--output",
      alias: "-o",
      placeholder: "FILE",
      doc: "File to write; - is standard output. An existing file is replaced once the new one is complete.",
      isFile: true,
    },
    columnFlags.prediction,
    {
      name: "--label",
      placeholder: "COLUMN",
      doc: "Column with the true value, for accuracy and calibration. Not used as a feature.",
    },
    columnFlags.score,
    columnFlags.positive,
    { name: "--weight", placeholder: "COLUMN", doc: "Column with the weight of the row. Not used as a feature." },
    columnFlags.exclude,
    {
      name: "--categorical",
      placeholder: "COLUMNS",
      doc: "Columns whose numbers are categories, separated by commas.",
    },
    {
      name: "--numeric",
      placeholder: "COLUMNS",
      doc: "Columns in which text counts as invalid instead of as categories, separated by commas.",
    },
    { name: "--model-name", placeholder: "TEXT", doc: "Name of the model." },
    { name: "--model-version", placeholder: "TEXT", doc: "Version of the model." },
    formatFlag,
    jsonFlag,
  ],
  examples: [
    { line: "outrider baseline build --input train.csv -o baseline.json", explains: "Features only." },
    {
      line: "outrider baseline build --input test.parquet --prediction answer --label churned --score p --positive yes -o baseline.json",
      explains: "With predictions and their accuracy.",
    },
  ],
  exitCodes: [
    { code: 0, meaning: "The baseline is written; problems in the data are reported." },
    { code: 1, meaning: "The output cannot be written, or the input changed while it was read." },
    wrongInput,
    { code: interruptedExitCode, meaning: "A signal stopped it; nothing is written." },
  ],
  load: async () => (await import("./build.ts")).baselineBuild,
};

const show: Command = {
  name: "baseline show",
  summary: "Draw the distributions of a baseline.",
  operands: "FILE",
  maxOperands: 1,
  about:
    "Prints the source of a baseline and a chart of each column: its bins or values, missing values and problems. A share is marked as approximate where a row of the chart covers only part of a bin.",
  takesConfig: false,
  flags: [{ name: "--columns", placeholder: "COLUMNS", doc: "Only these columns, separated by commas." }, jsonFlag],
  examples: [
    { line: "outrider baseline show baseline.json", explains: "All columns." },
    { line: "outrider baseline show baseline.json --columns age,income", explains: "Two columns." },
  ],
  exitCodes: [{ code: 0, meaning: "The baseline is printed." }, wrongInput],
  load: async () => (await import("./show.ts")).baselineShow,
};

const diff: Command = {
  name: "baseline diff",
  summary: "Compare two baselines.",
  operands: "OLD NEW",
  maxOperands: 2,
  about:
    "Compares each feature, the prediction and the confidence of two baselines by population stability index (PSI) and Jensen-Shannon distance (JS), largest first. Numeric columns with different bins are compared in the old bins, as if the new rows were spread evenly within theirs, and marked approximate. The baselines differ when a column was added, removed or changed its type, or when a PSI is 0.05 or more. Only columns that differ are listed.",
  takesConfig: false,
  flags: [{ name: "--all", doc: "Also list columns that do not differ." }, jsonFlag],
  examples: [
    { line: "outrider baseline diff baseline-v7.json baseline-v8.json", explains: "Before a new model is released." },
  ],
  exitCodes: [
    { code: 0, meaning: "The same columns, each with a PSI below 0.05." },
    { code: 1, meaning: "The baselines differ." },
    wrongInput,
  ],
  load: async () => (await import("./diff.ts")).baselineDiff,
};

/** `outrider baseline build`, `baseline show` and `baseline diff`. */
export const baselineCommands: readonly Command[] = [build, show, diff];
