import { commandErrors, type CommandError } from "../../src/errors/command-errors.ts";
import { wireErrors, type WireError } from "../../src/errors/wire-errors.ts";
import { code, markdownTable, pageHead, type Page } from "./page.ts";

/** docs/reference/errors.md. */
export const errorsPage: Page = { file: "errors.md", render };

function render(): string {
  const wire = Object.entries<WireError>(wireErrors);
  const command = Object.entries<CommandError>(commandErrors);
  return [
    pageHead("Errors", "src/errors/"),
    "Errors that Outrider answers itself carry `x-outrider-error: <code>` and a body in the error shape of the serving protocol. An answer without that header is the model server's own. The same code is the `code` label of `outrider_errors_total` and a field of the access log.",
    "",
    "## Answers to clients",
    "",
    markdownTable(
      ["Code", "Status", "Outcome", "Send again?"],
      wire.map(([name, error]) => [
        `[${code(name)}](#${name})`,
        statusText(error),
        code(error.outcome),
        error.retryable ? "may help" : "no",
      ]),
    ),
    "",
    ...wire.flatMap(([name, error]) => [
      `### ${code(name)}`,
      "",
      `${statusText(error)}, outcome ${code(error.outcome)}: “${error.message}”.`,
      "",
      error.meaning,
      "",
      `**Remedy:** ${error.remedy}`,
      "",
    ]),
    "## Errors of commands",
    "",
    "Printed on standard error with their remedy; the code stands in parentheses.",
    "",
    markdownTable(
      ["Code", "Exit code", "Meaning", "Remedy"],
      command.map(([name, error]) => [code(name), String(error.exitCode), error.meaning, error.remedy]),
    ),
    "",
  ].join("\n");
}

function statusText(error: WireError): string {
  return error.status === 0 ? "connection broken" : String(error.status);
}
