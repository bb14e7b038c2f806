/** Markdown tables and the figures in them. */

/** A heading, the table under it, and a note for the reader. */
export interface Section {
  readonly title: string;
  readonly table: string;
  readonly note?: string;
}

/** A Markdown table; the first column is text, the others are numbers and stand right. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((_, column) => (column === 0 ? "---" : "---:"));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** A number with so many decimals; `–` for one that was not measured. */
export function fixed(value: number, decimals: number): string {
  return Number.isFinite(value) ? value.toFixed(decimals) : "–";
}

/** Bytes as whole megabytes (10⁶). */
export function megabytes(bytes: number): string {
  return fixed(bytes / 1e6, 0);
}

/** A signed number with so many decimals. */
export function signed(value: number, decimals: number): string {
  return Number.isFinite(value) ? `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(decimals)}` : "–";
}
