/** What a command is, and what it is given when it runs. */
import type { Environment } from "../../config/layers/environment-layer.ts";
import type { FlagValue } from "../../config/layers/flag-layer.ts";
import type { Mistake } from "../../config/mistake.ts";

/** A flag of a command. */
export interface FlagSpec {
  /** With its dashes, e.g. `--listen`. */
  readonly name: `--${string}`;
  /** A short form of the name that people know from other programs, e.g. `-o`. */
  readonly alias?: `-${string}`;
  /** What stands after it, e.g. `ADDRESS`; a switch has none and can be turned off with `--no-…` or `=false`. */
  readonly placeholder?: string;
  readonly doc: string;
  /** Shown as `(default: …)`. */
  readonly default?: string;
  /** Words that the value is one of; completion offers them. */
  readonly choices?: readonly string[];
  /** True when the value is a file; completion offers files. */
  readonly isFile?: boolean;
  /** True for flags that only `outrider help COMMAND --all` shows. */
  readonly isRare?: boolean;
}

/** A command line worth copying and what it does. */
export interface Example {
  readonly line: string;
  readonly explains: string;
}

/** An exit code and when a command ends with it. */
export interface ExitCode {
  readonly code: number;
  readonly meaning: string;
}

/** One row of the table of commands. */
export interface Command {
  /** One word, or two for commands in a group (`config print`). */
  readonly name: string;
  readonly summary: string;
  /** What stands after the name, e.g. `[COMMAND]`; flags are not repeated here. */
  readonly operands: string;
  /** Most operands it takes. */
  readonly maxOperands: number;
  /** A few sentences for `--help`. */
  readonly about: string;
  /** True when the flags of all configuration fields are taken too. */
  readonly takesConfig: boolean;
  readonly flags: readonly FlagSpec[];
  readonly examples: readonly Example[];
  readonly exitCodes: readonly ExitCode[];
  /** Loads the code of the command; nothing of it is loaded before. */
  load(): Promise<RunCommand>;
}

/** Does the work of a command and returns the exit code. Rejects with a coded error for the caller to print. */
export type RunCommand = (invocation: Invocation, context: CommandContext) => Promise<number>;

/** The command line, read. */
export interface Invocation {
  readonly flags: readonly FlagValue[];
  readonly operands: readonly string[];
  /** Mistakes of the command line; only commands that take the configuration get any, to list them with its own. */
  readonly mistakes: readonly Mistake[];
}

/** The process around a command. */
export interface CommandContext {
  readonly environment: Environment;
  readonly isTerminal: boolean;
  readonly isErrorTerminal: boolean;
  /** Width of the terminal; absent when there is none. */
  readonly columns?: number | undefined;
  write(text: string): void;
  writeError(text: string): void;
}

/** The text of a flag given to a command, the last one if there are several; `undefined` when it was not given. */
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
