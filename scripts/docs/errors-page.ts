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
    "A local reply, which Outrider sends in place of the model server, has the header `x-outrider-error: <code>` and the error body of the serving protocol. A response without that header is from the model server. The same code is the `code` label of `outrider_errors_total` and the `code` field of the access log.",
    "",
    "## Replies to clients",
    "",
    markdownTable(
      ["Code", "Status", "Outcome", "Retry?"],
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
    "Printed on standard error with the code in parentheses, followed by the remedy.",
    "",
    markdownTable(
      ["Code", "Exit code", "Meaning", "Remedy"],
      command.map(([name, error]) => [code(name), String(error.exitCode), error.meaning, error.remedy]),
    ),
    "",
  ].join("\n");
}

function statusText(error: WireError): string {
  return error.status === 0 ? "connection reset" : String(error.status);
}
