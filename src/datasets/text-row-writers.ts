/** Writers of the text formats. */
import type { AppendPart, RowCell, RowColumn, RowWriter } from "./row-writer.ts";

/** Writes CSV as in RFC 4180, with LF as the line end and a header. A missing value is an empty field. */
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
  // An empty line would not be read back as a row.
  return line === "" && row.length === 1 ? '""\n' : `${line}\n`;
}

/** Characters that need quotes (RFC 4180, section 2), and the byte order mark. */
const special = /[",\r\n\ufeff]/;

function csvField(cell: RowCell): string {
  const text = cell === null || cell === undefined ? "" : String(cell);
  return special.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Writes JSON lines: one object per row, without the columns that the row does not have. */
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

const charactersAtOnce = 2 ** 18;

/** Collects lines and writes them in large parts. */
class TextParts {
  readonly #append: AppendPart;
  #lines: string[] = [];
  #characters = 0;

  constructor(append: AppendPart) {
    this.#append = append;
  }

  /** Adds a line, with its line end. */
  add(line: string): void | Promise<void> {
    this.#lines.push(line);
    this.#characters += line.length;
    return this.#characters < charactersAtOnce ? undefined : this.flush();
  }

  /** Writes the collected lines. */
  async flush(): Promise<void> {
    if (this.#lines.length === 0) return;
    const text = this.#lines.join("");
    this.#lines = [];
    this.#characters = 0;
    await this.#append(text);
  }
}
