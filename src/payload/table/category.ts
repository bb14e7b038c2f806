/** The category of a value in a categorical column. */
import type { Cell } from "../body-content.ts";

/**
 * A number as JavaScript writes it (`1`, not `1.0`; `-0` is `0`), a boolean as `true` or `false`, a `bigint` as its
 * digits, text unchanged. The same value has the same category in a file and in a request.
 */
export function categoryOf(cell: Exclude<Cell, null | undefined>): string {
  return typeof cell === "string" ? cell : String(cell);
}
