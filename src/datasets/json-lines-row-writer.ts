import type { AppendPart, RowColumn, RowWriter } from "./row-writer.ts";
import { TextParts } from "./text-parts.ts";

/** Writes an object a line, with the columns that the row has. */
export function jsonLinesRowWriter(columns: readonly RowColumn[], append: AppendPart): RowWriter {
  const parts = new TextParts(append);
  const keys = columns.map(({ name, type }) => ({ key: `${JSON.stringify(name)}:`, isText: type === "string" }));
  return {
    add: (row) => {
      const members: string[] = [];
      for (const [index, { key, isText }] of keys.entries()) {
        const cell = row[index];
        if (cell === undefined) continue;
        members.push(key + JSON.stringify(isText && cell !== null ? String(cell) : cell));
      }
      return parts.add(`{${members.join(",")}}\n`);
    },
    end: () => parts.flush(),
  };
}
