/** Figures of a micro-benchmark that measures in its own way, and the table of them. */
import { median } from "../report/statistics.ts";
import { fixed, markdownTable } from "../report/table.ts";

/** One figure in all its rounds, and what it is held to. */
export interface Finding {
  readonly title: string;
  readonly values: readonly number[];
  /** Left out: 2. */
  readonly decimals?: number;
  /** Left out where the figure only explains another. */
  readonly limit?: number;
}

/** Medians, their quartiles, and whether they are within their limits. */
export function findingTable(findings: readonly Finding[]): string {
  const lines = findings.map(({ title, values, decimals = 2, limit }) => [
    title,
    fixed(median(values), decimals),
    `${fixed(quantile(values, 0.25), decimals)} – ${fixed(quantile(values, 0.75), decimals)}`,
    limit === undefined ? "" : String(limit),
    limit === undefined ? "" : median(values) <= limit ? "met" : "**missed**",
  ]);
  return markdownTable(["figure", "median", "quartiles", "at most", ""], lines);
}

/** By nearest rank. */
function quantile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(part * values.length) - 1)] ?? Number.NaN;
}
