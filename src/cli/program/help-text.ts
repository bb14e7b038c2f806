/** The texts of `--help`. */
import { flagNames, type Command, type FlagSpec } from "./command.ts";
import { commands, flagsOf, groupOf } from "./table.ts";

const lineWidth = 100;

/** Options of the texts. */
export interface HelpOptions {
  readonly isColoured: boolean;
  /** True to show the flags of all configuration fields. */
  readonly isComplete: boolean;
}

/** Help on the program: what it does, a first command, all commands. */
export function programHelp({ isColoured }: HelpOptions): string {
  return [
    "Outrider is a sidecar for model servers: it forwards every request unchanged and measures it.",
    "",
    heading("Usage", isColoured),
    "  outrider COMMAND [FLAGS]",
    "",
    heading("First step", isColoured),
    "  outrider run --upstream http://127.0.0.1:8080",
    "",
    heading("Commands", isColoured),
    ...commandLines(commands),
    "",
    "`outrider help COMMAND` explains a command.",
    "",
  ].join("\n");
}

/** Help on a group of commands, such as `baseline`. */
export function groupHelp(group: string, members: readonly Command[], { isColoured }: HelpOptions): string {
  return [
    heading("Usage", isColoured),
    `  outrider ${group} COMMAND [FLAGS]`,
    "",
    heading("Commands", isColoured),
    ...commandLines(members),
    "",
    `\`outrider help ${group} COMMAND\` explains a command.`,
    "",
  ].join("\n");
}

/** Help on one command: usage, examples, flags and exit codes. */
export function commandHelp(command: Command, options: HelpOptions): string {
  const all = flagsOf(command);
  const shown = all.filter((flag) => options.isComplete || flag.isRare !== true);
  const members = groupOf(command.name);
  const usage = ["outrider", command.name, command.operands, all.length > 0 ? "[FLAGS]" : ""];
  return [
    command.summary,
    "",
    heading("Usage", options.isColoured),
    `  ${usage.filter((part) => part !== "").join(" ")}`,
    "",
    ...wrap(command.about, ""),
    "",
    heading("Examples", options.isColoured),
    ...command.examples.flatMap((example) => [`  ${example.line}`, ...wrap(example.explains, "      ")]),
    "",
    ...(shown.length > 0 ? [heading("Flags", options.isColoured), ...shown.flatMap(flagLines), ""] : []),
    ...(shown.length < all.length ? [restNote(command, all.length - shown.length), ""] : []),
    ...(members.length > 0 ? [heading("Commands", options.isColoured), ...commandLines(members), ""] : []),
    heading("Exit codes", options.isColoured),
    ...command.exitCodes.flatMap(({ code, meaning }) => wrap(meaning, `  ${code}  `)),
    "",
  ].join("\n");
}

function commandLines(listed: readonly Command[]): readonly string[] {
  const width = Math.max(...listed.map((command) => command.name.length));
  return listed.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`);
}

function restNote(command: Command, count: number): string {
  return wrap(
    `Every field of the configuration has a flag and an environment variable; \`outrider help ${command.name} --all\` lists ${count} more.`,
    "",
  ).join("\n");
}

function flagLines(flag: FlagSpec): readonly string[] {
  const name = flag.placeholder === undefined ? flagNames(flag) : `${flagNames(flag)} ${flag.placeholder}`;
  const defaultNote = flag.default === undefined ? "" : ` (default: ${flag.default})`;
  const choiceNote = flag.choices === undefined ? "" : ` One of ${flag.choices.join(", ")}.`;
  return [`  ${name}`, ...wrap(`${flag.doc}${choiceNote}${defaultNote}`, "      ")];
}

function heading(text: string, isColoured: boolean): string {
  return isColoured ? `\u001b[1m${text}\u001b[0m` : text;
}

/** Breaks text into lines of at most {@link lineWidth}; the first begins with `indent`, the others with as many spaces. */
function wrap(text: string, indent: string): readonly string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(" ")) {
    if (line.trim() !== "" && line !== indent && line.length + word.length + 1 > lineWidth) {
      lines.push(line);
      line = " ".repeat(indent.length);
    }
    line += line.length === indent.length ? word : ` ${word}`;
  }
  lines.push(line);
  return lines;
}
