/** Rows of the table of commands for the configuration. */
import { jsonFlag, wrongConfig, type Command } from "../program/command.ts";

const check: Command = {
  name: "check",
  summary: "Check a configuration.",
  operands: "",
  maxOperands: 0,
  about:
    "Reads the configuration as `run` would and lists every mistake: where it is, what was given, what is expected, and the name that was probably meant. Starts nothing.",
  takesConfig: true,
  flags: [jsonFlag],
  examples: [
    { line: "outrider check --config outrider.yaml", explains: "Before a deployment." },
    { line: "outrider check --config outrider.yaml --json", explains: "In a pipeline." },
  ],
  exitCodes: [{ code: 0, meaning: "The configuration is valid." }, wrongConfig],
  load: async () => (await import("./check.ts")).check,
};

const configPrint: Command = {
  name: "config print",
  summary: "Show the effective configuration and where each value comes from.",
  operands: "",
  maxOperands: 0,
  about:
    "Prints the configuration that `run` would have with the same flags, environment and file. The output is itself a valid configuration file; comments name the source of each value.",
  takesConfig: true,
  flags: [jsonFlag],
  examples: [
    { line: "outrider config print", explains: "The defaults." },
    {
      line: "outrider config print --config outrider.yaml --log-level debug",
      explains: "A file with one value changed.",
    },
  ],
  exitCodes: [{ code: 0, meaning: "The configuration is printed." }, wrongConfig],
  load: async () => (await import("./config-print.ts")).configPrint,
};

/** `outrider check` and `outrider config print`. */
export const configCommands: readonly Command[] = [check, configPrint];
