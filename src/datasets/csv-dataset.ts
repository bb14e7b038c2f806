import { cellFromText } from "../payload/table/cell-text.ts";
import { columnNames, CsvParser, maxFieldLength, maxFields, type CsvFault } from "../payload/csv/csv.ts";
import { malformed, type Dataset } from "./dataset.ts";
import type { Cell, Columns, FeatureTable } from "../payload/body-content.ts";
import { separatorQuestion } from "./separator-question.ts";
import { TextFile } from "./text-file.ts";

const faultTexts: Readonly<Record<CsvFault["reason"], string>> = {
  text_after_quote: "text after the closing quote",
  quote_not_closed: "the opening quote is never closed",
  field_too_long: `the field is longer than ${maxFieldLength} characters; is a quote missing?`,
  too_many_fields: `the line has more than ${maxFields} fields`,
  line_too_long: "the line has more fields than the header",
};

/** Comma-separated values with a header line, see {@link CsvParser} and {@link cellFromText}. */
export class CsvDataset implements Dataset {
  readonly bytesTotal: number;
  readonly #file: string;
  readonly #text: TextFile;
  #shortRows = 0;

  constructor(file: string, bytesTotal: number) {
    this.#file = file;
    this.#text = new TextFile(file);
    this.bytesTotal = bytesTotal;
  }

  get bytesRead(): number {
    return this.#text.bytesRead;
  }

  get digest(): string {
    return this.#text.digest;
  }

  get shortRows(): number {
    return this.#shortRows;
  }

  async *tables(): AsyncGenerator<FeatureTable> {
    let columns: Columns | undefined;
    let rows = 0;
    let cells: Cell[] = [];
    const parser = new CsvParser((fields, line) => {
      if (columns === undefined) columns = { names: columnNames(fields), isPositional: false };
      else this.#appendRow(fields, line, columns.names, cells);
    });
    // One table for each piece of text: some thousand rows.
    const takeTable = (): FeatureTable | undefined => {
      if (parser.fault !== undefined) throw this.#fault(parser.fault);
      if (columns === undefined || cells.length === 0) return undefined;
      const table = { columns, rowCount: cells.length / columns.names.length, cells };
      rows += table.rowCount;
      cells = [];
      return table;
    };
    for await (const piece of this.#text.pieces()) {
      parser.write(piece);
      const table = takeTable();
      if (table !== undefined) yield table;
    }
    parser.end();
    const last = takeTable();
    if (last !== undefined) yield last;
    if (rows === 0)
      throw malformed(this.#file, columns === undefined ? "the file is empty" : "the file has a header but no rows");
  }

  #appendRow(fields: readonly string[], line: number, names: readonly string[], cells: Cell[]): void {
    const width = names.length;
    if (fields.length > width) {
      const question = separatorQuestion(names);
      throw malformed(
        `${this.#file}:${line}`,
        `the line has ${fields.length} fields, the header has ${width}${question === undefined ? "" : `; ${question}`}`,
      );
    }
    if (fields.length < width) this.#shortRows++;
    for (let index = 0; index < width; index++) {
      const field = fields[index];
      cells.push(field === undefined ? undefined : cellFromText(field));
    }
  }

  #fault({ reason, line, field }: CsvFault): Error {
    return malformed(`${this.#file}:${line}`, `field ${field}: ${faultTexts[reason]}`);
  }
}
