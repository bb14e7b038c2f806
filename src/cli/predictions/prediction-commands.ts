/** Rows of the table of commands for the log of predictions. */
import { datasetFormats } from "../../datasets/dataset.ts";
import { protocols } from "../../protocols/protocol.ts";
import type { Command, ExitCode } from "../program/command.ts";
import { jsonFlag } from "../program/json-flag.ts";
import { filterFlags, placeFlags } from "./predictions-flags.ts";
import { replayExitCodes } from "../replay/replay-exit.ts";

const wrongPlace: ExitCode = {
  code: 2,
  meaning: "The command line or the configuration is wrong, or the log cannot be read.",
};

const predictions: Command = {
  name: "predictions",
  summary: "Show the log of predictions.",
  operands: "",
  maxOperands: 0,
  about:
    "Prints the records that a sidecar has logged, a line each, oldest first: from its files, also of several processes, or from Loki. With the configuration of the sidecar it finds them by itself. Lines that are no records are left out and told of at the end.",
  takesConfig: false,
  flags: [
    ...placeFlags,
    ...filterFlags,
    { name: "--limit", placeholder: "NUMBER", doc: "Only the last so many, at most 10000." },
    {
      name: "--follow",
      alias: "-f",
      doc: "Print what comes, too, until a signal; of what is there the last 10, or those that --limit and --since say.",
    },
    { name: "--json", doc: "Print the records as they are, a line of JSON each." },
  ],
  examples: [
    { line: "outrider predictions --config outrider.yaml --limit 20", explains: "The last ones, in the pod." },
    {
      line: "outrider predictions --directory /var/lib/outrider/predictions --outcome timeout,upstream_error --since 1h",
      explains: "What went wrong lately.",
    },
    { line: "outrider predictions --loki http://loki:3100 --model churn --follow --json", explains: "For a program." },
  ],
  exitCodes: [
    {
      code: 0,
      meaning: "All that was asked for was printed, also when there was nothing, or a signal ended --follow.",
    },
    { code: 1, meaning: "Loki did not answer, or refused." },
    wrongPlace,
  ],
  load: async () => (await import("./predictions.ts")).predictions,
};

const exportRows: Command = {
  name: "predictions export",
  summary: "Make a data set of the log.",
  operands: "",
  maxOperands: 0,
  about:
    "Writes a row for each row of features that was logged: the features under their own names, then prediction, score, request_id, label_id (where there are any), time, model, version, variant, outcome and weight, which is how many requests the record stands for (1 / its probability). Where a feature has one of these names, the column that is none is called outrider_weight and so on. A column with values of several types becomes text. Records without rows are left out.",
  takesConfig: false,
  flags: [
    {
      name: "--output",
      alias: "-o",
      placeholder: "FILE",
      doc: "Where the data set goes; - is standard output (not for Parquet). A file there is replaced when the new one is whole.",
      isFile: true,
    },
    {
      name: "--format",
      placeholder: "WORD",
      doc: "Format of the output, if its ending does not tell.",
      choices: datasetFormats,
    },
    { name: "--columns", placeholder: "COLUMNS", doc: "Only these columns, in this order, with commas between." },
    {
      name: "--for-baseline",
      doc: "Leave out what is neither a feature nor prediction, score or weight: for `outrider baseline build`.",
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
        "For a baseline: `outrider baseline build --input live.csv --prediction prediction --weight weight --score score -o live.json`, without --score where the model gives none.",
    },
  ],
  exitCodes: [
    { code: 0, meaning: "The data set is written." },
    { code: 1, meaning: "The output cannot be written, or Loki did not answer, or refused." },
    wrongPlace,
    { code: 4, meaning: "No record that was asked for has rows: nothing is written." },
    { code: 130, meaning: "A signal ended it; nothing is written." },
  ],
  load: async () => (await import("./predictions-export.ts")).predictionsExport,
};

const replay: Command = {
  name: "replay",
  summary: "Send logged requests again, and compare the answers.",
  operands: "",
  maxOperands: 0,
  about:
    "A regression test of a new version with real traffic: sends the requests of the log to an upstream, one after the other at a fixed rate whether or not it keeps up, and holds status, predictions and scores against those that were logged. Needs whole request bodies in the log: `predictions.bodies: true`, and `predictions.record_bytes` at least four times the size of a body. Redacted values are sent as they stand in the log; queries of paths are not logged.",
  takesConfig: false,
  flags: [
    {
      name: "--upstream",
      placeholder: "URL",
      doc: "The server to send to: http://, https:// or unix:/PATH. A path in the URL goes before those of the requests.",
    },
    { name: "--rate", placeholder: "NUMBER", doc: "Requests a second.", default: "50" },
    { name: "--concurrency", placeholder: "NUMBER", doc: "Most requests under way at once.", default: "8" },
    { name: "--timeout", placeholder: "TIME", doc: "Longest wait for a whole answer.", default: "30s" },
    { name: "--limit", placeholder: "NUMBER", doc: "Send at most so many, the oldest first." },
    {
      name: "--tolerance",
      placeholder: "NUMBER",
      doc: "Numbers are the same when they differ by no more than this, or by no more than this part of the larger.",
      default: "1e-9",
    },
    {
      name: "--protocol",
      placeholder: "WORD",
      doc: "The serving protocol, by which answers are read; auto asks the upstream (default: that of the configuration).",
      choices: ["auto", ...protocols],
    },
    { name: "--show", placeholder: "NUMBER", doc: "Differences that are told one by one.", default: "10" },
    ...placeFlags,
    ...filterFlags,
    jsonFlag,
  ],
  examples: [
    {
      line: "outrider replay --upstream http://churn-v8:8080 --since 1d --outcome ok",
      explains: "What would version 8 have said?",
    },
    {
      line: "outrider replay --upstream http://127.0.0.1:5000 --directory predictions --rate 200 --tolerance 1e-6 --json",
      explains: "For a pipeline.",
    },
  ],
  exitCodes: [
    { code: replayExitCodes.same, meaning: "All answers are the same." },
    { code: replayExitCodes.failed, meaning: "No difference, but not every request got an answer." },
    wrongPlace,
    { code: replayExitCodes.different, meaning: "At least one answer differs." },
    { code: replayExitCodes.nothing, meaning: "There was no request that could be sent and compared." },
    { code: replayExitCodes.stopped, meaning: "A signal ended it; what was sent until then is reported." },
  ],
  load: async () => (await import("../replay/replay.ts")).replay,
};

/** See the file's first line. */
export const predictionCommands: readonly Command[] = [predictions, exportRows, replay];
