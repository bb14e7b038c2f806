/** The row of the table of commands for accuracy. */
import { adminFlags } from "../admin/commands.ts";
import type { Command } from "../program/command.ts";
import { driftExitCodes } from "../drift/drift-exit.ts";
import { jsonFlag } from "../program/json-flag.ts";

/** `outrider accuracy`. */
export const accuracyCommand: Command = {
  name: "accuracy",
  summary: "Show how right the model is.",
  operands: "",
  maxOperands: 0,
  about:
    "Asks a running sidecar how many of the predictions that labels came for were right, and what can be expected of those without. Accuracy has dropped when even the upper end of its 95 % interval lies more than 5 points below the baseline's.",
  takesConfig: false,
  flags: [...adminFlags, { name: "--model", placeholder: "NAME", doc: "Only this model." }, jsonFlag],
  examples: [
    { line: "outrider accuracy", explains: "In the pod of the sidecar." },
    { line: "outrider accuracy --model churn --json", explains: "For a pipeline, with every window." },
  ],
  exitCodes: [
    { code: driftExitCodes.ok, meaning: "No accuracy has dropped, or there is none to compare with." },
    { code: 1, meaning: "No sidecar answered, or it refused." },
    { code: 2, meaning: "The command line is wrong." },
    { code: driftExitCodes.critical, meaning: "The accuracy of a model has dropped." },
    {
      code: driftExitCodes.not_ready,
      meaning: "No such model was asked, no bodies are read, or no model has enough labels yet.",
    },
  ],
  load: async () => (await import("./accuracy.ts")).accuracy,
};
