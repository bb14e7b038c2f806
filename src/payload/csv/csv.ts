/**
 * Comma-separated values (RFC 4180), for request bodies and for files alike: the cells of a request must be read like the
 * cells of the training file.
 */
import { cutText } from "../json/json-value.ts";

/** Longest field that is read: a longer one is more likely a quote that was never closed. */
export const maxFieldLength: number = 2 ** 20;

/** Fields of a line at most. */
export const maxFields = 65_536;

/** Why text is not a table of comma-separated values, and where. */
export interface CsvFault {
  readonly reason: "text_after_quote" | "quote_not_closed" | "field_too_long" | "too_many_fields" | "line_too_long";
  /** Line of the text from 1, counting those inside quotes: where the fault was met, or where a quote opened. */
  readonly line: number;
  /** Field of the line from 1. */
  readonly field: number;
}

/** Takes a line's fields. The array is the receiver's; `line` is where it began, from 1. */
export type TakeRecord = (fields: string[], line: number) => void;

const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const COMMA = 0x2c;
const BYTE_ORDER_MARK = 0xfeff;

/**
 * Cuts text that arrives in pieces into records; where the pieces are cut makes no difference. Lines end in LF, CR LF or
 * CR; blank lines and a byte order mark are skipped; a quote inside a field that did not begin with one is a character
 * like any other. After a fault the rest is ignored. Holds one record.
 */
export class CsvParser {
  readonly #take: TakeRecord;
  #state: "begin" | "start" | "plain" | "quoted" | "closing" = "begin";
  #fields: string[] = [];
  #field = "";
  #line = 1;
  #recordLine = 1;
  #quoteLine = 1;
  /** The last character was the CR of a line's end: an LF after it belongs to it. */
  #isAfterReturn = false;
  #fault: CsvFault | undefined;

  constructor(take: TakeRecord) {
    this.#take = take;
  }

  /** The first fault there was. */
  get fault(): CsvFault | undefined {
    return this.#fault;
  }

  /** Reads on. */
  write(text: string): void {
    let index = 0;
    while (index < text.length && this.#fault === undefined) {
      index = this.#step(text, index);
    }
  }

  /** Ends the last record; its line needs no end. */
  end(): void {
    if (this.#fault !== undefined) return;
    if (this.#state === "quoted") {
      this.#fail("quote_not_closed", this.#quoteLine);
    } else if (this.#state !== "begin" && !this.#isBlankLine()) {
      this.#endRecord();
    }
  }

  #step(text: string, index: number): number {
    switch (this.#state) {
      case "begin":
        this.#state = "start";
        return text.charCodeAt(index) === BYTE_ORDER_MARK ? index + 1 : index;
      case "start":
        return this.#startField(text, index);
      case "plain":
        return this.#readPlain(text, index);
      case "quoted":
        return this.#readQuoted(text, index);
      default:
        return this.#readAfterQuote(text, index);
    }
  }

  #startField(text: string, index: number): number {
    const code = text.charCodeAt(index);
    if (code === LINE_FEED && this.#isAfterReturn) {
      this.#isAfterReturn = false;
      return index + 1;
    }
    this.#isAfterReturn = false;
    if (code === QUOTE) {
      this.#state = "quoted";
      this.#quoteLine = this.#line;
      return index + 1;
    }
    this.#state = "plain";
    return index;
  }

  #readPlain(text: string, index: number): number {
    let end = index;
    while (end < text.length && !isPlainEnd(text.charCodeAt(end))) end++;
    this.#append(text, index, end);
    return end < text.length ? this.#endField(text.charCodeAt(end), end) : end;
  }

  #readQuoted(text: string, index: number): number {
    const quote = text.indexOf('"', index);
    const end = quote === -1 ? text.length : quote;
    this.#countLines(text, index, end);
    this.#append(text, index, end);
    if (quote === -1) return end;
    this.#isAfterReturn = false;
    this.#state = "closing";
    return end + 1;
  }

  #readAfterQuote(text: string, index: number): number {
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      this.#state = "quoted";
      this.#append(text, index, index + 1);
      return index + 1;
    }
    if (!isPlainEnd(code)) {
      this.#fail("text_after_quote", this.#line);
      return index;
    }
    return this.#endField(code, index);
  }

  /** Ends a field at the separator or line end at `index`. */
  #endField(code: number, index: number): number {
    if (code === COMMA) {
      this.#pushField();
    } else {
      if (this.#isBlankLine()) this.#state = "start";
      else this.#endRecord();
      this.#isAfterReturn = code === RETURN;
      this.#line++;
      this.#recordLine = this.#line;
    }
    return index + 1;
  }

  #isBlankLine(): boolean {
    return this.#fields.length === 0 && this.#field === "" && this.#state !== "closing";
  }

  #endRecord(): void {
    this.#pushField();
    const fields = this.#fields;
    this.#fields = [];
    if (this.#fault === undefined) this.#take(fields, this.#recordLine);
  }

  #pushField(): void {
    this.#state = "start";
    if (this.#fields.length >= maxFields) {
      this.#fail("too_many_fields", this.#line);
      return;
    }
    this.#fields.push(this.#field);
    this.#field = "";
  }

  #append(text: string, start: number, end: number): void {
    if (this.#field.length + end - start > maxFieldLength) {
      this.#fail("field_too_long", this.#state === "quoted" ? this.#quoteLine : this.#line);
      return;
    }
    this.#field += text.slice(start, end);
  }

  /** Lines inside quotes; a CR LF counts once wherever it is cut. */
  #countLines(text: string, start: number, end: number): void {
    for (let index = start; index < end; index++) {
      const code = text.charCodeAt(index);
      if (code === RETURN || (code === LINE_FEED && !this.#isAfterReturn)) this.#line++;
      this.#isAfterReturn = code === RETURN;
    }
  }

  #fail(reason: CsvFault["reason"], line: number): void {
    this.#fault = { reason, line, field: this.#fields.length + 1 };
  }
}

function isPlainEnd(code: number): boolean {
  return code === COMMA || code === LINE_FEED || code === RETURN;
}

/** A CSV table whose fields are still text. */
export interface CsvTable {
  /** See {@link columnNames}. */
  readonly names: readonly string[];
  /** As many fields a row as there are names, or fewer: what is not there is missing. */
  readonly rows: readonly (readonly string[])[];
}

/** What a whole text was: a table, or why not. An empty text is a table without names. */
export type CsvResult =
  | { readonly kind: "table"; readonly table: CsvTable }
  | { readonly kind: "fault"; readonly fault: CsvFault }
  | { readonly kind: "too_many_rows" };

/**
 * Reads a whole text whose first line names the columns. Lines with fewer fields than names are kept as they are (the
 * others are missing), a line with more is a fault. Linear in the text.
 */
export function parseCsv(text: string, maxRows: number): CsvResult {
  const records: string[][] = [];
  let longLine: CsvFault | undefined;
  const parser = new CsvParser((fields, line) => {
    const width = records[0]?.length ?? fields.length;
    if (fields.length > width) longLine ??= { reason: "line_too_long", line, field: width + 1 };
    if (records.length <= maxRows + 1) records.push(fields);
  });
  parser.write(text);
  parser.end();
  const fault = longLine ?? parser.fault;
  if (fault !== undefined) return { kind: "fault", fault };
  if (records.length > maxRows + 1) return { kind: "too_many_rows" };
  const [header = [], ...rows] = records;
  return { kind: "table", table: { names: columnNames(header), rows } };
}

/**
 * Names of the columns for a header line, as pandas makes them: a name that is empty becomes `Unnamed: 3` (its
 * position from 0), the second `age` becomes `age.1`; long ones are cut as every text is. All differ from each other.
 */
export function columnNames(texts: readonly string[]): readonly string[] {
  const header = texts.map(cutText);
  const used = new Set<string>();
  const given = new Set(header);
  const next = new Map<string, number>();
  return header.map((text, position) => {
    const base = text === "" ? `Unnamed: ${position}` : text;
    let name = base;
    let count = next.get(base) ?? 1;
    while (used.has(name) || (name !== text && given.has(name))) {
      name = `${base}.${count}`;
      count++;
    }
    next.set(base, count);
    used.add(name);
    return name;
  });
}
