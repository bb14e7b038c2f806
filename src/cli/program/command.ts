/** Declaration of a command, and its input at run time. */
import type { Environment } from "../../config/layers/environment-layer.ts";
import type { FlagValue } from "../../config/layers/flag-layer.ts";
import type { Mistake } from "../../config/mistake.ts";

/** Declares a flag of a command: parsing, help and completion use it. */
export interface FlagSpec {
  /** With its dashes, e.g. `--listen`. */
  readonly name: `--${string}`;
  /** A short form of the name that people know from other programs, e.g. `-o`. */
  readonly alias?: `-${string}`;
  /** Names its value in help, e.g. `ADDRESS`. A switch has none; `--no-…` or `=false` turns it off. */
  readonly placeholder?: string;
  readonly doc: string;
  /** Shown as `(default: …)`. */
  readonly default?: string;
  /** The words that are allowed as its value; completion offers them. */
  readonly choices?: readonly string[];
  /** True when the value is a file; completion offers files. */
  readonly isFile?: boolean;
  /** True for flags that only `outrider help COMMAND --all` shows. */
  readonly isRare?: boolean;
}

/** A command line to copy, and what it does. */
export interface Example {
  readonly line: string;
  readonly explains: string;
}

/** An exit code and what it means. */
export interface ExitCode {
  readonly code: number;
  readonly meaning: string;
}

/** One row of the table of commands. */
export interface Command {
  /** One word, or two for commands in a group (`config print`). */
  readonly name: string;
  readonly summary: string;
  /** Operands in the usage line, e.g. `[COMMAND]`; empty for none. */
  readonly operands: string;
  /** More operands than this are a mistake. */
  readonly maxOperands: number;
  /** A few sentences for `--help`. */
  readonly about: string;
  /** True when it also takes the flags of all configuration fields. */
  readonly takesConfig: boolean;
  readonly flags: readonly FlagSpec[];
  readonly examples: readonly Example[];
  readonly exitCodes: readonly ExitCode[];
  /** Loads the code of the command. Importing the table of commands must not. */
  load(): Promise<RunCommand>;
}

/** Does the work of a command and resolves to the exit code. Rejects with a coded error, which the caller prints. */
export type RunCommand = (invocation: Invocation, context: CommandContext) => Promise<number>;

/** The command line after parsing: every flag is declared, and the number of operands is allowed. */
export interface Invocation {
  readonly flags: readonly FlagValue[];
  readonly operands: readonly string[];
  /** Mistakes in the command line. Only commands that take the configuration get any; they list them with its own. */
  readonly mistakes: readonly Mistake[];
}

/** The process that a command runs in: environment, standard output and standard error. */
export interface CommandContext {
  readonly environment: Environment;
  readonly isTerminal: boolean;
  readonly isErrorTerminal: boolean;
  /** Width of the terminal of standard output; undefined when it is not a terminal. */
  readonly columns?: number | undefined;
  write(text: string): void;
  writeError(text: string): void;
}

/** The text of a flag, the last one when it was given several times; `undefined` when it was not given. */
export function flagText(invocation: Invocation, name: FlagSpec["name"]): string | undefined {
  return invocation.flags.findLast((flag) => flag.flag === name)?.text;
}

/** All texts given to a flag, in order. */
export function flagTexts(invocation: Invocation, name: FlagSpec["name"]): readonly string[] {
  return invocation.flags.filter((flag) => flag.flag === name).map((flag) => flag.text);
}

/** The names by which a flag can be given, its short form first, e.g. `-o, --output`. */
export function flagNames(flag: FlagSpec): string {
  return flag.alias === undefined ? flag.name : `${flag.alias}, ${flag.name}`;
}

/** True when a switch was given and not turned off. */
export function isSwitchOn(invocation: Invocation, name: FlagSpec["name"]): boolean {
  return flagText(invocation, name) === "true";
}

/** The switch of commands that can print their result for a program. */
export const jsonFlag: FlagSpec = { name: "--json", doc: "Print one JSON value instead of text." };

/** Exit code of a command that SIGINT or SIGTERM ended before it was done: 128 and the number of SIGINT. */
export const interruptedExitCode = 130;

/** Exit code 2 of commands that take flags alone. */
export const wrongUsage: ExitCode = { code: 2, meaning: "The command line is wrong." };

/** Exit code 2 of commands that take the configuration. */
export const wrongConfig: ExitCode = {
  code: 2,
  meaning: "The command line or the configuration is wrong; every mistake is listed.",
};
