import { flagNames, type Command, type FlagSpec } from "../../src/cli/program/command.ts";
import { commands } from "../../src/cli/program/table.ts";
import { code, markdownTable, pageHead, type Page } from "./page.ts";

/** docs/reference/cli.md. */
export const cliPage: Page = { file: "cli.md", render };

function render(): string {
  return [
    pageHead("Commands", "src/cli/*/commands.ts"),
    "`outrider COMMAND --help` says the same at the command line.",
    "",
    markdownTable(
      ["Command", "What it does"],
      commands.map((command) => [code(`outrider ${command.name}`), command.summary]),
    ),
    "",
    ...commands.map(commandText),
  ].join("\n");
}

function commandText(command: Command): string {
  const hasFlags = command.flags.length > 0 || command.takesConfig;
  const usage = ["outrider", command.name, command.operands, hasFlags ? "[FLAGS]" : ""].filter((part) => part !== "");
  return [
    `## ${code(`outrider ${command.name}`)}`,
    "",
    command.about,
    "",
    "```sh",
    usage.join(" "),
    "```",
    "",
    ...command.examples.flatMap((example) => [example.explains, "", "```sh", example.line, "```", ""]),
    ...(command.takesConfig
      ? ["Takes `--config FILE` and the flag of every field in [config.md](config.md).", ""]
      : []),
    ...(command.flags.length > 0 ? [markdownTable(["Flag", "Meaning"], command.flags.map(flagRow)), ""] : []),
    markdownTable(
      ["Exit code", "Meaning"],
      command.exitCodes.map((exit) => [String(exit.code), exit.meaning]),
    ),
    "",
  ].join("\n");
}

function flagRow(flag: FlagSpec): readonly string[] {
  const name = flag.placeholder === undefined ? flagNames(flag) : `${flagNames(flag)} ${flag.placeholder}`;
  return [code(name), flag.default === undefined ? flag.doc : `${flag.doc} Default: ${code(flag.default)}.`];
}
