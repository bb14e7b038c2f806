/** Every command of `outrider`, once: help, completion and the reference follow from here. */
import { accuracyCommand } from "../accuracy/accuracy-command.ts";
import { adminFlags } from "../admin/admin-flags.ts";
import type { Command, ExitCode, FlagSpec } from "./command.ts";
import { baselineCommands } from "../baseline/baseline-commands.ts";
import { configFlags } from "../config/config-flags.ts";
import { driftCommands } from "../drift/drift-commands.ts";
import { jsonFlag } from "./json-flag.ts";
import { predictionCommands } from "../predictions/prediction-commands.ts";

const fine: ExitCode = { code: 0, meaning: "All went well." };

const failed = (meaning: string): ExitCode => ({ code: 1, meaning });

const wrongUsage: ExitCode = {
  code: 2,
  meaning: "The command line or the configuration is wrong; every mistake is listed.",
};

const run: Command = {
  name: "run",
  summary: "Stand in front of a model server.",
  operands: "",
  maxOperands: 0,
  about:
    "Listens for clients, passes every request to the model server untouched, and measures it. The model server may start later: until it answers, /readyz on the admin port says why not. SIGTERM or SIGINT drains and stops, a second one stops at once; SIGHUP or a change of the file reloads the configuration.",
  takesConfig: true,
  flags: [],
  examples: [
    { line: "outrider run --upstream http://127.0.0.1:8080", explains: "All that is needed beside a model server." },
    {
      line: "outrider run --upstream http://127.0.0.1:5000 --protocol mlflow --model-name churn --model-version 7",
      explains: "Name the protocol, and the model for metrics: MLflow's paths do not carry it.",
    },
    {
      line: "outrider run --config /etc/outrider/outrider.yaml",
      explains: "Everything from a file, reloaded when it changes.",
    },
    {
      line: "outrider run --upstream unix:/run/model.sock --listen [::]:0",
      explains: "A Unix socket behind, any free port in front.",
    },
  ],
  exitCodes: [
    { code: 0, meaning: "Stopped after a signal." },
    failed("It could not start (port in use, no permission), or a second signal cut requests off."),
    wrongUsage,
  ],
  load: async () => (await import("../run/run.ts")).run,
};

const check: Command = {
  name: "check",
  summary: "Check a configuration.",
  operands: "",
  maxOperands: 0,
  about:
    "Reads the configuration as `run` would and lists every mistake with its place, what was given, what is expected and what was probably meant. Starts nothing.",
  takesConfig: true,
  flags: [jsonFlag],
  examples: [
    { line: "outrider check --config outrider.yaml", explains: "Before it is deployed." },
    { line: "outrider check --config outrider.yaml --json", explains: "For a pipeline." },
  ],
  exitCodes: [{ code: 0, meaning: "The configuration is valid." }, wrongUsage],
  load: async () => (await import("../config/check.ts")).check,
};

const configPrint: Command = {
  name: "config print",
  summary: "Show every value in force and where it came from.",
  operands: "",
  maxOperands: 0,
  about:
    "Prints the configuration that `run` would have with the same flags, environment and file. The text is itself a configuration file; the comments name the origin of each value.",
  takesConfig: true,
  flags: [jsonFlag],
  examples: [
    { line: "outrider config print", explains: "The defaults." },
    {
      line: "outrider config print --config outrider.yaml --log-level debug",
      explains: "A file with one value changed.",
    },
  ],
  exitCodes: [fine, wrongUsage],
  load: async () => (await import("../config/config-print.ts")).configPrint,
};

const drain: Command = {
  name: "drain",
  summary: "Let a running sidecar finish what it has, and wait for it.",
  operands: "",
  maxOperands: 0,
  about:
    "What a preStop hook runs. Readiness fails at once, requests are still served with `Connection: close`, and the command returns when none is in flight or the time is over. Calling it again does no harm.",
  takesConfig: false,
  flags: [...adminFlags, { name: "--max", placeholder: "TIME", doc: "Longest wait.", default: "30s" }, jsonFlag],
  examples: [
    { line: "outrider drain", explains: "In the pod of the sidecar." },
    { line: "outrider drain --admin 10.0.0.7:18090 --token-file token --max 2m", explains: "From elsewhere." },
  ],
  exitCodes: [
    { code: 0, meaning: "Nothing is in flight any more." },
    failed("No sidecar answered, it refused, or requests were still in flight when the time was over."),
    { code: 2, meaning: "The command line is wrong." },
  ],
  load: async () => (await import("../admin/drain.ts")).drain,
};

const version: Command = {
  name: "version",
  summary: "Print the version.",
  operands: "",
  maxOperands: 0,
  about: "Prints the version of Outrider, and with --json that of the Node.js runtime too.",
  takesConfig: false,
  flags: [jsonFlag],
  examples: [{ line: "outrider version", explains: "For a bug report." }],
  exitCodes: [fine],
  load: async () => (await import("./version.ts")).version,
};

const help: Command = {
  name: "help",
  summary: "Explain a command.",
  operands: "[COMMAND]",
  maxOperands: 2,
  about:
    "Without a command, lists them all; with the first word of some, lists these. `outrider COMMAND --help` says the same.",
  takesConfig: false,
  flags: [{ name: "--all", doc: "List the flag of every configuration field, not only the common ones." }],
  examples: [
    { line: "outrider help run", explains: "What people set most." },
    { line: "outrider help run --all", explains: "Everything that can be set." },
  ],
  exitCodes: [fine, { code: 2, meaning: "There is no such command." }],
  load: async () => (await import("./help-command.ts")).help,
};

const completion: Command = {
  name: "completion",
  summary: "Print a completion script for a shell.",
  operands: "bash|zsh|fish",
  maxOperands: 1,
  about: "Prints a script that completes commands, flags and their values.",
  takesConfig: false,
  flags: [],
  examples: [
    { line: 'eval "$(outrider completion bash)"', explains: "In ~/.bashrc." },
    { line: "outrider completion zsh > ~/.zfunc/_outrider", explains: "In a directory of $fpath." },
    { line: "outrider completion fish > ~/.config/fish/completions/outrider.fish", explains: "For fish." },
  ],
  exitCodes: [fine, { code: 2, meaning: "The shell is not known." }],
  load: async () => (await import("./completion.ts")).completion,
};

/** All commands, in the order in which help lists them. */
export const commands: readonly Command[] = [
  run,
  check,
  configPrint,
  drain,
  ...baselineCommands,
  ...driftCommands,
  accuracyCommand,
  ...predictionCommands,
  version,
  help,
  completion,
];

/** The commands whose names begin with a word of their own and this one: `baseline build` for `baseline`. */
export function groupOf(word: string): readonly Command[] {
  return commands.filter((command) => command.name.startsWith(`${word} `));
}

/** All flags that a command takes. */
export function flagsOf(command: Command): readonly FlagSpec[] {
  return command.takesConfig ? [...command.flags, ...configFlags] : command.flags;
}
