/** The row of the table of commands for accuracy. */
import { adminFlags } from "../admin/commands.ts";
import { jsonFlag, wrongUsage, type Command } from "../program/command.ts";
import { driftExitCodes } from "../drift/state.ts";

/** `outrider accuracy`: prints the report of `/accuracy`. */
export const accuracyCommand: Command = {
  name: "accuracy",
  summary: "Show the accuracy of the model.",
  operands: "",
  maxOperands: 0,
  about:
    "Gets the accuracy report of a running sidecar: the accuracy of predictions that have labels, and an estimate for those without. Accuracy has dropped when even the upper end of its 95 % interval is more than 5 percentage points below that of the baseline.",
  takesConfig: false,
  flags: [...adminFlags, { name: "--model", placeholder: "NAME", doc: "Only this model." }, jsonFlag],
  examples: [
    { line: "outrider accuracy", explains: "In the pod of the sidecar." },
    { line: "outrider accuracy --model churn --json", explains: "For a pipeline, with every window." },
  ],
  exitCodes: [
    {
      code: driftExitCodes.ok,
      meaning: "No model has dropped in accuracy, or the baseline has no accuracy to compare with.",
    },
    { code: 1, meaning: "No sidecar answered, or it refused the call." },
    wrongUsage,
    { code: driftExitCodes.critical, meaning: "The accuracy of a model has dropped." },
    {
      code: driftExitCodes.not_ready,
      meaning: "The model had no requests, bodies are not read, or no model has enough labels yet.",
    },
  ],
  load: async () => (await import("./accuracy.ts")).accuracy,
};
