/** Rows of the table of commands that are about the program itself. */
import { jsonFlag, type Command } from "./command.ts";

const version: Command = {
  name: "version",
  summary: "Print the version.",
  operands: "",
  maxOperands: 0,
  about: "Prints the version of Outrider. With --json also the commit of the build and the version of Node.js.",
  takesConfig: false,
  flags: [jsonFlag],
  examples: [{ line: "outrider version", explains: "For a bug report." }],
  exitCodes: [{ code: 0, meaning: "The version is printed." }],
  load: async () => (await import("./version.ts")).version,
};

const help: Command = {
  name: "help",
  summary: "Explain a command.",
  operands: "[COMMAND]",
  maxOperands: 2,
  about:
    "Lists all commands, or explains one. The first word of a group, such as `baseline`, lists the commands of the group. `outrider COMMAND --help` prints the same.",
  takesConfig: false,
  flags: [{ name: "--all", doc: "List the flag of every configuration field, not only the common ones." }],
  examples: [
    { line: "outrider help run", explains: "The settings that people change most." },
    { line: "outrider help run --all", explains: "Every setting." },
  ],
  exitCodes: [
    { code: 0, meaning: "The help is printed." },
    { code: 2, meaning: "There is no such command." },
  ],
  load: async () => (await import("./help-command.ts")).help,
};

const completion: Command = {
  name: "completion",
  summary: "Print a completion script for a shell.",
  operands: "bash|zsh|fish",
  maxOperands: 1,
  about: "Prints a script that completes commands, flags and the values of flags.",
  takesConfig: false,
  flags: [],
  examples: [
    { line: 'eval "$(outrider completion bash)"', explains: "In ~/.bashrc." },
    { line: "outrider completion zsh > ~/.zfunc/_outrider", explains: "In a directory of $fpath." },
    { line: "outrider completion fish > ~/.config/fish/completions/outrider.fish", explains: "For fish." },
  ],
  exitCodes: [
    { code: 0, meaning: "The script is printed." },
    { code: 2, meaning: "The shell is not supported." },
  ],
  load: async () => (await import("./completion.ts")).completion,
};

/** `outrider version`, `outrider help` and `outrider completion`. */
export const programCommands: readonly Command[] = [version, help, completion];
