/** Rows of the table of commands for the prediction log, and the flags of all commands that read it. */
import { datasetFormats } from "../../datasets/dataset.ts";
import { outcomes } from "../../outcome.ts";
import { configFlags } from "../config/config-flags.ts";
import { interruptedExitCode, jsonFlag, type Command, type ExitCode, type FlagSpec } from "../program/command.ts";

/** Help lists these fields of the configuration even when it lists only common flags. */
const ofConfig = (...names: readonly string[]): readonly FlagSpec[] =>
  configFlags.filter(({ name }) => names.includes(name)).map((flag) => ({ ...flag, isRare: false }));

/** Flags that say where the log is: a configuration, a folder or Loki. {@link readPlace} reads them. */
export const placeFlags: readonly FlagSpec[] = [
  ...ofConfig("--config"),
  {
    name: "--directory",
    placeholder: "DIR",
    doc: "Folder with the files of the log (default: `predictions.directory` of the configuration).",
    isFile: true,
  },
  {
    name: "--loki",
    placeholder: "URL",
    doc: "Read from this Loki instead of files (default: `loki.url` of the configuration, if predictions are not written to files).",
  },
  ...ofConfig("--loki-tenant", "--loki-token-file"),
];

/** Flags that select records. {@link readFilter} reads them. */
export const filterFlags: readonly FlagSpec[] = [
  { name: "--model", placeholder: "NAME", doc: "Only this model." },
  { name: "--variant", placeholder: "NAME", doc: "Only this variant." },
  {
    name: "--outcome",
    placeholder: "WORD,…",
    doc: `Only these outcomes: ${outcomes.join(", ")}.`,
  },
  { name: "--id", placeholder: "ID", doc: "Only records with this request, trace or label ID." },
  {
    name: "--since",
    placeholder: "TIME",
    doc: "From this time on: an age (30m, 2h, 1d) or a time (2026-11-25T12:00:00Z). Default: everything in files, the last hour in Loki.",
  },
  { name: "--until", placeholder: "TIME", doc: "Before this time, in the same notation." },
];

/** Exit code 2 of the commands that read the log. */
export const wrongPlace: ExitCode = {
  code: 2,
  meaning: "The command line or the configuration is wrong, or the log cannot be read.",
};

const predictions: Command = {
  name: "predictions",
  summary: "Show the prediction log.",
  operands: "",
  maxOperands: 0,
  about:
    "Prints the records that a sidecar has logged, one per line, oldest first, from its files (of one or several processes) or from Loki. With the configuration of the sidecar it finds them by itself. Malformed lines are skipped and counted at the end.",
  takesConfig: false,
  flags: [
    ...placeFlags,
    ...filterFlags,
    { name: "--limit", placeholder: "NUMBER", doc: "Only the last NUMBER records, at most 10000." },
    {
      name: "--follow",
      alias: "-f",
      doc: "Keep printing new records until a signal. Starts with the last 10 records, or those that --limit or --since select.",
    },
    { name: "--json", doc: "Print the records as they are, one JSON object per line." },
  ],
  examples: [
    { line: "outrider predictions --config outrider.yaml --limit 20", explains: "The latest records, in the pod." },
    {
      line: "outrider predictions --directory /var/lib/outrider/predictions --outcome timeout,upstream_error --since 1h",
      explains: "Failures of the last hour.",
    },
    {
      line: "outrider predictions --loki http://loki:3100 --model churn --follow --json",
      explains: "For another program.",
    },
  ],
  exitCodes: [
    {
      code: 0,
      meaning: "All matching records were printed, even if there were none, or a signal stopped --follow.",
    },
    { code: 1, meaning: "Loki did not answer, or refused the query." },
    wrongPlace,
  ],
  load: async () => (await import("./predictions.ts")).predictions,
};

const exportRows: Command = {
  name: "predictions export",
  summary: "Export the prediction log as a data set.",
  operands: "",
  maxOperands: 0,
  about:
    "Writes one row for each logged row of features: the features under their own names, then prediction, score, request_id, label_id (if there are any), time, model, version, variant, outcome and weight. The weight is the number of requests that the record stands for (1 / its sampling probability). When a feature has one of these names, the other column gets the prefix outrider_, e.g. outrider_weight. A column with values of several types becomes text. Records without rows are skipped.",
  takesConfig: false,
  flags: [
    {
      name: "--output",
      alias: "-o",
      placeholder: "FILE",
      doc: "File to write; - is standard output (not for Parquet). An existing file is replaced once the new one is complete.",
      isFile: true,
    },
    {
      name: "--format",
      placeholder: "WORD",
      doc: "Format of the output. Default: by the file extension.",
      choices: datasetFormats,
    },
    { name: "--columns", placeholder: "COLUMNS", doc: "Only these columns, in this order, separated by commas." },
    {
      name: "--for-baseline",
      doc: "Only features, prediction, score and weight, for `outrider baseline build`.",
    },
    ...placeFlags,
    ...filterFlags,
    jsonFlag,
  ],
  examples: [
    { line: "outrider predictions export --since 7d -o week.parquet", explains: "A week, for retraining." },
    {
      line: "outrider predictions export --model churn --outcome ok --for-baseline -o live.csv",
      explains:
        "For a baseline: `outrider baseline build --input live.csv --prediction prediction --weight weight --score score -o live.json`, without --score if the model has no scores.",
    },
  ],
  exitCodes: [
    { code: 0, meaning: "The data set is written." },
    { code: 1, meaning: "The output cannot be written, or Loki did not answer or refused the query." },
    wrongPlace,
    { code: 4, meaning: "No matching record has rows; nothing is written." },
    { code: interruptedExitCode, meaning: "A signal stopped it; nothing is written." },
  ],
  load: async () => (await import("./export.ts")).predictionsExport,
};

/** `outrider predictions` and `outrider predictions export`. */
export const predictionCommands: readonly Command[] = [predictions, exportRows];
