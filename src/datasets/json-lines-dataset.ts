import { ColumnsMemo } from "../payload/table/columns.ts";
import { readTable } from "../payload/table/feature-table.ts";
import { isList, isObject, type JsonValue } from "../payload/json/json-value.ts";
import { readJsonText } from "../payload/json/read-json.ts";
import { malformed, type Dataset } from "./dataset.ts";
import type { FeatureTable, ReaderLimits } from "../payload/body-content.ts";
import { TextFile } from "./text-file.ts";

const limits: ReaderLimits = { columns: 65_536, rows: 4096, depth: 64 };

/** Maximum rows of a table, and maximum characters of their lines together. */
const rowsAtOnce = 256;
const charactersAtOnce = 2 ** 20;

/** A longer line is most likely not a row. */
const maxLineLength = 2 ** 24;

/** One JSON value per line: an object (columns by key) or a list (columns by position), flattened as in requests. */
export class JsonLinesDataset implements Dataset {
  readonly bytesTotal: number;
  readonly shortRows = 0;
  readonly #file: string;
  readonly #text: TextFile;
  readonly #columns = new ColumnsMemo();
  #line = 0;
  /** True until a row was read. */
  #isFirst = true;

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

  async *tables(): AsyncGenerator<FeatureTable> {
    let rows: JsonValue[] = [];
    let characters = 0;
    let isEmpty = true;
    for await (const line of this.#lines()) {
      this.#line++;
      if (line.trim() === "") continue;
      isEmpty = false;
      rows.push(this.#parse(line));
      characters += line.length;
      if (rows.length < rowsAtOnce && characters < charactersAtOnce) continue;
      yield* this.#tablesOf(rows);
      rows = [];
      characters = 0;
    }
    yield* this.#tablesOf(rows);
    if (isEmpty) throw malformed(this.#file, "the file is empty");
  }

  async *#lines(): AsyncGenerator<string> {
    let rest = "";
    let isFirst = true;
    for await (const piece of this.#text.pieces()) {
      const lines = (rest + (isFirst ? piece.replace(/^\ufeff/, "") : piece)).split("\n");
      isFirst = false;
      rest = lines.pop() ?? "";
      if (rest.length > maxLineLength) {
        if (this.#isFirst && lines.length === 0 && rest.trimStart().startsWith("[")) throw this.#oneArray();
        throw malformed(
          `${this.#file}:${this.#line + lines.length + 1}`,
          `the line is longer than ${maxLineLength} characters`,
        );
      }
      yield* lines;
    }
    yield rest;
  }

  #parse(line: string): JsonValue {
    const result = readJsonText(line, limits.depth, (value, pass) => {
      // Which numbers are identities is not known yet: those that may be are read exactly.
      pass.hasUnsafeInteger = true;
      return { kind: "read", value };
    });
    const place = `${this.#file}:${this.#line}`;
    if (result.kind === "unread") {
      if (result.reason === "too_deep") throw malformed(place, "the value is nested too deeply");
      if (this.#isFirst && line.trimStart().startsWith("[")) throw this.#oneArray();
      throw malformed(place, "the line is not JSON");
    }
    if (this.#isFirst && isList(result.value) && result.value.some(isObject)) throw this.#oneArray();
    this.#isFirst = false;
    if (!isObject(result.value) && !isList(result.value)) {
      throw malformed(place, 'an object or a list is expected, e.g. {"age": 42}');
    }
    return result.value;
  }

  /** A whole array in one line would be read as one very wide row. */
  #oneArray(): Error {
    return malformed(this.#file, "JSON lines need one object per line; this file is one JSON array");
  }

  *#tablesOf(rows: readonly JsonValue[]): Generator<FeatureTable> {
    const result = readTable(rows, { limits, columns: this.#columns, pass: { hasUnsafeInteger: false } });
    if (result.kind === "read") {
      if (result.value.table !== undefined && result.value.table.rowCount > 0) yield result.value.table;
    } else if (rows.length > 1) {
      // Rows that share few columns would make a table far larger than themselves.
      for (const row of rows) yield* this.#tablesOf([row]);
    } else {
      throw malformed(`${this.#file}:${this.#line}`, "the line is not a row of values");
    }
  }
}
