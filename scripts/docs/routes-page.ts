import { definitions, protocols, type Protocol } from "../../src/protocols/list.ts";
import { type HeadRule, requestRules, responseRules } from "../../src/http1/head-table.ts";
import { code, markdownTable, pageHead, type Page } from "./page.ts";

/** docs/reference/routes.md. */
export const routesPage: Page = { file: "routes.md", render };

function render(): string {
  return [
    pageHead("Routes and heads", "src/protocols/ and src/http1/head-table.ts"),
    "Which paths pass, by serving protocol (`protocol` in [config.md](config.md)), and what is changed in the heads that pass. Bodies are never changed.",
    "",
    "Paths that are not listed are denied with [`route_denied`](errors.md#route_denied); `routes.allow` opens more, `routes.deny` closes any. `GET` opens `HEAD` too. In patterns, `{model}` and `{version}` become labels, `*` is any part of one segment and `**` is the rest.",
    "",
    ...protocols.flatMap(protocolText),
    "## What is changed in heads",
    "",
    ...headText("Requests", requestRules),
    ...headText("Responses", responseRules),
  ].join("\n");
}

function headText(title: string, rules: readonly HeadRule[]): readonly string[] {
  const rows = rules.map(({ name, action, why }) => [name, action, why]);
  return [`### ${title}`, "", markdownTable(["Field", "What happens", "Why"], rows), ""];
}

function protocolText(protocol: Protocol): readonly string[] {
  const { routes } = definitions[protocol];
  if (routes.kind === "unlisted") {
    return [
      `## ${code(protocol)}`,
      "",
      "Every method and path passes but CONNECT. Once `routes.allow` is given, only what it lists passes; `routes.deny` closes in any case.",
      "",
    ];
  }
  return [
    `## ${code(protocol)}`,
    "",
    markdownTable(
      ["Methods", "Path", "Kind", "What it is"],
      routes.open.map((row) => [row.methods.join(", "), code(row.pattern), row.kind, row.doc]),
    ),
    "",
    ...(routes.closed.length === 0 ? [] : ["Closed by name:", "", ...routes.closed.map(closedLine), ""]),
  ];
}

function closedLine(row: {
  readonly methods: readonly string[];
  readonly pattern: string;
  readonly doc: string;
}): string {
  return `- ${row.methods.length === 0 ? "" : `${row.methods.join(", ")} `}${code(row.pattern)}: it ${row.doc}.`;
}
