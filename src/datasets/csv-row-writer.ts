import type { AppendPart, RowCell, RowColumn, RowWriter } from "./row-writer.ts";
import { TextParts } from "./text-parts.ts";

/** Writes a header and rows as RFC 4180 has them, with LF at the end of lines; nothing stands for a missing value. */
export function csvRowWriter(columns: readonly RowColumn[], append: AppendPart): RowWriter {
  const parts = new TextParts(append);
  let isBegun = false;
  const begin = (): void | Promise<void> => {
    if (isBegun) return undefined;
    isBegun = true;
    return parts.add(csvLine(columns.map(({ name }) => name)));
  };
  return {
    add: async (row) => {
      await begin();
      await parts.add(csvLine(row));
    },
    end: async () => {
      await begin();
      await parts.flush();
    },
  };
}

function csvLine(row: readonly RowCell[]): string {
  const line = row.map(csvField).join(",");
  // A blank line would be no row.
  return line === "" && row.length === 1 ? '""\n' : `${line}\n`;
}

/** What a reader would take for something else than a part of the field: RFC 4180, section 2; and a byte order mark. */
const special = /[",\r\n\ufeff]/;

function csvField(cell: RowCell): string {
  const text = cell === null || cell === undefined ? "" : String(cell);
  return special.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
