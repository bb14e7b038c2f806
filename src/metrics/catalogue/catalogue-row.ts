/** How a row of the catalogue is written down: its labels come last. */
import type { MetricLabel } from "./metric-labels.ts";

/** One metric: type, unit, help, labels. */
export type MetricRowText = readonly [
  type: "counter" | "gauge" | "histogram",
  unit: string,
  help: string,
  ...labels: MetricLabel[],
];
