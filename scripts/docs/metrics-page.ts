import { metricCatalogue, type MetricRow } from "../../src/metrics/catalogue/catalogue.ts";
import { metricLabels } from "../../src/metrics/catalogue/metric-labels.ts";
import { code, markdownTable, pageHead, type Page } from "./page.ts";

/** docs/reference/metrics.md. */
export const metricsPage: Page = { file: "metrics.md", render };

function render(): string {
  const metrics = Object.entries<MetricRow>(metricCatalogue);
  const labels = Object.entries<{ readonly meaning: string; readonly values: string }>(metricLabels);
  return [
    pageHead("Metrics", "src/metrics/catalogue/catalogue.ts"),
    "`GET /metrics` on the admin port. Every series whose labels are known exists at 0 from the start. Beside these stand the process metrics `process_*` and `nodejs_*` of prom-client.",
    "",
    ...metrics.flatMap(([name, row]) => [
      `## ${code(name)}`,
      "",
      row.help,
      "",
      `${row.type}, ${row.unit}${row.labels.length === 0 ? "" : `, labels ${row.labels.map(code).join(", ")}`}`,
      "",
    ]),
    "## Labels",
    "",
    markdownTable(
      ["Label", "Meaning", "Values"],
      labels.map(([name, { meaning, values }]) => [code(name), meaning, values]),
    ),
    "",
  ].join("\n");
}
