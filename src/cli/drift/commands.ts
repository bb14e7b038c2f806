/** Rows of the table of commands for drift. */
import { adminFlags } from "../admin/commands.ts";
import { columnFlags, formatFlag, wrongInput } from "../baseline/commands.ts";
import { jsonFlag, wrongUsage, type Command, type ExitCode } from "../program/command.ts";
import { driftExitCodes } from "./state.ts";

const verdictCodes = (notReady: string): readonly ExitCode[] => [
  { code: driftExitCodes.critical, meaning: "Critical drift." },
  { code: driftExitCodes.warn, meaning: "Drift at the warning level, none critical." },
  { code: driftExitCodes.not_ready, meaning: notReady },
];

const drift: Command = {
  name: "drift",
  summary: "Show what has drifted from the baseline.",
  operands: "",
  maxOperands: 0,
  about:
    "Gets the drift report of a running sidecar and prints features, predictions and confidence, largest drift first, with both distributions. A feature has drifted when the difference is statistically significant, large enough, and present in two of the last three windows; or at once when it is absent from all rows or has another type. Columns that the baseline does not have are listed too. `outrider drift compare` does the same for a file.",
  takesConfig: false,
  flags: [
    ...adminFlags,
    { name: "--model", placeholder: "NAME", doc: "Only this model." },
    { name: "--top", placeholder: "NUMBER", doc: "Rows to show for each model.", default: "20" },
    {
      name: "--watch",
      doc: "Refresh until a signal: in place on a terminal, otherwise one report after another.",
    },
    { name: "--interval", placeholder: "TIME", doc: "Interval of --watch.", default: "2s" },
    jsonFlag,
  ],
  examples: [
    { line: "outrider drift", explains: "In the pod of the sidecar." },
    { line: "outrider drift --model churn --watch", explains: "Watch one model." },
  ],
  exitCodes: [
    { code: driftExitCodes.ok, meaning: "No drift." },
    { code: 1, meaning: "No sidecar answered, or it refused the call." },
    wrongUsage,
    ...verdictCodes(
      "No verdict yet: the model had no requests, bodies are not read, the baseline is still being learned, or there were too few requests.",
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
    "Applies the drift statistics of the sidecar to a file, e.g. in a pipeline. All rows together give one verdict; there are no windows. A feature that is absent from all rows or has another type is critical, however few rows there are.",
  takesConfig: false,
  flags: [
    { name: "--baseline", placeholder: "FILE", doc: "Baseline, as `outrider baseline build` writes it.", isFile: true },
    {
      name: "--input",
      placeholder: "FILE",
      doc: "Data set: CSV with a header, JSON lines (either may end in .gz or .zst) or Parquet. Can be repeated.",
      isFile: true,
    },
    columnFlags.prediction,
    columnFlags.score,
    columnFlags.positive,
    columnFlags.exclude,
    { name: "--warn", placeholder: "PSI", doc: "Debiased PSI from which drift is a warning.", default: "0.05" },
    { name: "--critical", placeholder: "PSI", doc: "Debiased PSI from which drift is critical.", default: "0.2" },
    {
      name: "--q",
      placeholder: "RATIO",
      doc: "False discovery rate: the share of reported differences that may be chance.",
      default: "0.01",
    },
    {
      name: "--min-rows",
      placeholder: "NUMBER",
      doc: "Minimum rows for a verdict (default: 400 with at most ten bins in every column, else 600). A lower value misses small shifts and reports chance as drift more often.",
    },
    { name: "--top", placeholder: "NUMBER", doc: "Rows to show.", default: "20" },
    formatFlag,
    jsonFlag,
  ],
  examples: [
    { line: "outrider drift compare --baseline baseline.json --input today.csv", explains: "Features only." },
    {
      line: "outrider drift compare --baseline baseline.json --input today.parquet --prediction answer --critical 0.1 --json",
      explains: "With predictions and a lower threshold, for a pipeline.",
    },
  ],
  exitCodes: [
    { code: driftExitCodes.ok, meaning: "No drift." },
    { code: 1, meaning: "The command failed." },
    wrongInput,
    ...verdictCodes("Too few rows for a verdict, and no feature is absent or of another type."),
  ],
  load: async () => (await import("./compare.ts")).driftCompare,
};

/** `outrider drift` and `outrider drift compare`. */
export const driftCommands: readonly Command[] = [drift, compare];
