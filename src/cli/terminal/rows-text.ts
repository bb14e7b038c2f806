import type { BaselineSource } from "../../drift/baseline/baseline.ts";
import { formatCount, formatCounted } from "../../text/number-text.ts";

/** How much a baseline stands on: `569 rows`, or `569 rows, weight 372,631.9` when they were weighted. */
export function rowsText({ rows, weightedRows }: Pick<BaselineSource, "rows" | "weightedRows">): string {
  if (weightedRows === undefined) return formatCounted(rows, "row");
  return `${formatCounted(weightedRows, "row")}, weight ${formatCount(rows)}`;
}
