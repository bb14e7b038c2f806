/** Rows of the table of commands for drift. */
import { datasetFormats } from "../../datasets/dataset.ts";
import { adminFlags } from "../admin/commands.ts";
import type { Command, ExitCode } from "../program/command.ts";
import { driftExitCodes } from "./drift-exit.ts";
import { jsonFlag } from "../program/json-flag.ts";

const verdictCodes = (notReady: string): readonly ExitCode[] => [
  { code: driftExitCodes.critical, meaning: "Critical drift." },
  { code: driftExitCodes.warn, meaning: "Drift that is worth a warning, none critical." },
  { code: driftExitCodes.not_ready, meaning: notReady },
];

const drift: Command = {
  name: "drift",
  summary: "Show what drifted from the baseline.",
  operands: "",
  maxOperands: 0,
  about:
    "Asks a running sidecar how far features, predictions and confidence are from the baseline, and prints them worst first with both distributions. A feature drifts when the difference is significant, large enough, and there in two of the last three windows, or at once when no row has it or its values are of another type. Unknown columns are named too. `outrider drift compare` does the same for a file.",
  takesConfig: false,
  flags: [
    ...adminFlags,
    { name: "--model", placeholder: "NAME", doc: "Only this model." },
    { name: "--top", placeholder: "NUMBER", doc: "Rows shown of each model.", default: "20" },
    {
      name: "--watch",
      doc: "Show it again and again until a signal comes: on a terminal in place, else one after the other.",
    },
    { name: "--interval", placeholder: "TIME", doc: "Time between two looks of --watch.", default: "2s" },
    jsonFlag,
  ],
  examples: [
    { line: "outrider drift", explains: "In the pod of the sidecar." },
    { line: "outrider drift --model churn --watch", explains: "Keep an eye on one model." },
  ],
  exitCodes: [
    { code: driftExitCodes.ok, meaning: "Nothing drifted." },
    { code: 1, meaning: "No sidecar answered, or it refused." },
    { code: 2, meaning: "The command line is wrong." },
    ...verdictCodes(
      "There is no verdict yet: no such model was asked, no bodies are read, the baseline is being learned, or too few requests came.",
    ),
  ],
  load: async () => (await import("./drift.ts")).drift,
};

const compare: Command = {
  name: "drift compare",
  summary: "Compare a data set with a baseline.",
  operands: "",
  maxOperands: 0,
  about:
    "The statistics of the running sidecar, for a file, e.g. in a pipeline. Every row counts for itself, and one verdict is given over all of them: there are no windows that could agree. Features that are absent from all rows, or of another type, are critical however few rows there are.",
  takesConfig: false,
  flags: [
    { name: "--baseline", placeholder: "FILE", doc: "Made by `outrider baseline build`.", isFile: true },
    {
      name: "--input",
      placeholder: "FILE",
      doc: "Data set: CSV with a header, JSON lines (both also .gz or .zst) or Parquet. May be given more than once.",
      isFile: true,
    },
    { name: "--prediction", placeholder: "COLUMN", doc: "What the model answered for the row." },
    {
      name: "--score",
      placeholder: "COLUMN",
      doc: "How sure the model was, 0 to 1: in its prediction, or, with --positive, of that class. No feature.",
    },
    { name: "--positive", placeholder: "VALUE", doc: "The class of two whose probability the score is." },
    { name: "--exclude", placeholder: "COLUMNS", doc: "Columns that are no features, with commas between." },
    { name: "--warn", placeholder: "PSI", doc: "Debiased PSI from which a difference is a warning.", default: "0.05" },
    { name: "--critical", placeholder: "PSI", doc: "Debiased PSI from which it is critical.", default: "0.2" },
    { name: "--q", placeholder: "RATIO", doc: "Part of the differences found that may be chance.", default: "0.01" },
    {
      name: "--min-rows",
      placeholder: "NUMBER",
      doc: "Rows from which there is a verdict (default: 400 with at most ten bins a column, else 600). With fewer, small shifts stay unseen and chance looks like drift more often.",
    },
    { name: "--top", placeholder: "NUMBER", doc: "Rows shown.", default: "20" },
    {
      name: "--format",
      placeholder: "WORD",
      doc: "Format of the input, if its ending does not tell.",
      choices: datasetFormats,
    },
    jsonFlag,
  ],
  examples: [
    { line: "outrider drift compare --baseline baseline.json --input today.csv", explains: "Features only." },
    {
      line: "outrider drift compare --baseline baseline.json --input today.parquet --prediction answer --critical 0.1 --json",
      explains: "With predictions, stricter, for a pipeline.",
    },
  ],
  exitCodes: [
    { code: driftExitCodes.ok, meaning: "Nothing drifted." },
    { code: 1, meaning: "It failed." },
    { code: 2, meaning: "The command line is wrong, or a file cannot be read or is not what it should be." },
    ...verdictCodes("Too few rows for a verdict, and no feature is absent or of another type."),
  ],
  load: async () => (await import("./compare.ts")).driftCompare,
};

/** See the file's first line. */
export const driftCommands: readonly Command[] = [drift, compare];
