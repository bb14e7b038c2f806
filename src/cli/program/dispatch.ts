/** From the words of the command line to an exit code. */
import { formatMistakes, type Mistake } from "../../config/mistake.ts";
import { nearestName } from "../../text/nearest-name.ts";
import { readArguments } from "./arguments.ts";
import { isColoured } from "../terminal/colour.ts";
import type { Command, CommandContext } from "./command.ts";
import { failureReport } from "./failure.ts";
import { commands, flagsOf, groupOf } from "./table.ts";

/** Runs the command that the words name. Prints every failure; never rejects. */
export async function dispatch(words: readonly string[], context: CommandContext): Promise<number> {
  try {
    return await runCommand(words, context);
  } catch (error) {
    const { text, exitCode } = failureReport(error, findCommand(words)?.command.name);
    context.writeError(text);
    return exitCode;
  }
}

/** The command that the words begin with and how many words its name is, or `undefined`. */
export function findCommand(
  words: readonly string[],
): { readonly command: Command; readonly length: number } | undefined {
  for (const length of [2, 1]) {
    const command = commands.find((candidate) => candidate.name === words.slice(0, length).join(" "));
    if (command !== undefined) {
      return { command, length };
    }
  }
  return undefined;
}

async function runCommand(given: readonly string[], context: CommandContext): Promise<number> {
  const words = given.map((word, index) => (index === 0 ? commandSynonym(word) : word));
  const found = findCommand(words);
  if (found === undefined) {
    return asksForGroupHelp(words) ? groupHelpOf(words[0] ?? "", context) : unknownCommand(words, context);
  }
  const rest = words.slice(found.length);
  if (asksForHelp(rest)) {
    const { commandHelp } = await import("./help-text.ts");
    const options = {
      isColoured: isColoured(context.isTerminal, context.environment),
      isComplete: rest.includes("--all"),
    };
    context.write(commandHelp(found.command, options));
    return 0;
  }
  const invocation = readArguments(rest, found.command, flagsOf(found.command));
  if (invocation.mistakes.length > 0 && !found.command.takesConfig) {
    context.writeError(usageReport(found.command, invocation.mistakes));
    return 2;
  }
  const run = await found.command.load();
  return run(invocation, context);
}

function commandSynonym(word: string): string {
  if (word === "--version" || word === "-V") {
    return "version";
  }
  return word === "--help" || word === "-h" ? "help" : word;
}

function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf("--");
  return words.slice(0, end < 0 ? words.length : end).some((word) => word === "--help" || word === "-h");
}

/** `outrider baseline --help`: the first word is no command but begins the names of some. */
function asksForGroupHelp(words: readonly string[]): boolean {
  return (
    words.length > 1 && (words[1] ?? "").startsWith("-") && asksForHelp(words) && groupOf(words[0] ?? "").length > 0
  );
}

async function groupHelpOf(group: string, context: CommandContext): Promise<number> {
  const { groupHelp } = await import("./help-text.ts");
  const options = { isColoured: isColoured(context.isTerminal, context.environment), isComplete: false };
  context.write(groupHelp(group, groupOf(group), options));
  return 0;
}

async function unknownCommand(words: readonly string[], context: CommandContext): Promise<number> {
  if (words.length === 0) {
    const { programHelp } = await import("./help-text.ts");
    context.writeError(
      programHelp({ isColoured: isColoured(context.isErrorTerminal, context.environment), isComplete: false }),
    );
    return 2;
  }
  const first = words[0] ?? "";
  const group = groupOf(first).map((command) => command.name);
  const names = group.length > 0 ? group : commands.map((command) => command.name);
  const nearest = nearestName(words.slice(0, 2).join(" "), names) ?? nearestName(first, names);
  const lines = [
    `outrider: unknown command ${JSON.stringify(first.startsWith("-") ? first : words.slice(0, group.length > 0 ? 2 : 1).join(" "))}`,
  ];
  if (nearest !== undefined) {
    lines.push(`Did you mean \`outrider ${nearest}\`?`);
  } else if (first.startsWith("-")) {
    lines.push("The command comes first: `outrider run --upstream http://127.0.0.1:8080`.");
  }
  lines.push(`Commands: ${names.join(", ")}. See \`outrider help${group.length > 0 ? ` ${first}` : ""}\`.`);
  context.writeError(`${lines.join("\n")}\n`);
  return 2;
}

function usageReport(command: Command, mistakes: readonly Mistake[]): string {
  return `${formatMistakes(mistakes)}\nSee \`outrider help ${command.name}\`.\n`;
}
