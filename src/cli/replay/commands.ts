/** The row of the table of commands for `replay`, and its exit codes. */
import { protocols } from "../../protocols/list.ts";
import { filterFlags, placeFlags, wrongPlace } from "../predictions/commands.ts";
import { interruptedExitCode, jsonFlag, type Command } from "../program/command.ts";

/** Exit codes of `outrider replay`, in addition to 2 for a wrong command line. */
export const replayExitCodes: Readonly<Record<"same" | "failed" | "different" | "nothing" | "stopped", number>> = {
  same: 0,
  failed: 1,
  different: 3,
  nothing: 4,
  stopped: interruptedExitCode,
};

/** `outrider replay`: sends logged requests to another model server and compares the responses. */
export const replayCommand: Command = {
  name: "replay",
  summary: "Send logged requests again and compare the responses.",
  operands: "",
  maxOperands: 0,
  about:
    "A regression test of a new version with real traffic. Sends the requests of the log to an upstream, at a fixed rate whether or not the upstream keeps up, and compares status, predictions and scores with the logged ones. The log must hold whole request bodies: set `predictions.bodies: true`, and `predictions.record_bytes` at least four times the size of a body. Redacted values are sent as they are in the log. Query strings are not logged and not sent.",
  takesConfig: false,
  flags: [
    {
      name: "--upstream",
      placeholder: "URL",
      doc: "Server to send to: http://, https:// or unix:/PATH. A path in the URL is put before the path of each request.",
    },
    { name: "--rate", placeholder: "NUMBER", doc: "Requests per second.", default: "50" },
    { name: "--concurrency", placeholder: "NUMBER", doc: "Maximum requests in flight.", default: "8" },
    { name: "--timeout", placeholder: "TIME", doc: "Maximum time for a complete response.", default: "30s" },
    { name: "--limit", placeholder: "NUMBER", doc: "Send at most NUMBER requests, oldest first." },
    {
      name: "--tolerance",
      placeholder: "NUMBER",
      doc: "Two numbers are equal when they differ by at most this, absolutely or relative to the larger one.",
      default: "1e-9",
    },
    {
      name: "--protocol",
      placeholder: "WORD",
      doc: "Serving protocol of the responses; auto asks the upstream (default: that of the configuration).",
      choices: ["auto", ...protocols],
    },
    { name: "--show", placeholder: "NUMBER", doc: "Differences to print in detail.", default: "10" },
    ...placeFlags,
    ...filterFlags,
    jsonFlag,
  ],
  examples: [
    {
      line: "outrider replay --upstream http://churn-v8:8080 --since 1d --outcome ok",
      explains: "What would version 8 have answered?",
    },
    {
      line: "outrider replay --upstream http://127.0.0.1:5000 --directory predictions --rate 200 --tolerance 1e-6 --json",
      explains: "For a pipeline.",
    },
  ],
  exitCodes: [
    { code: replayExitCodes.same, meaning: "All responses are the same." },
    { code: replayExitCodes.failed, meaning: "No difference, but some requests got no response." },
    wrongPlace,
    { code: replayExitCodes.different, meaning: "At least one response differs." },
    { code: replayExitCodes.nothing, meaning: "No request could be sent and compared." },
    { code: replayExitCodes.stopped, meaning: "A signal stopped it; the report covers what was sent until then." },
  ],
  load: async () => (await import("./replay.ts")).replay,
};
