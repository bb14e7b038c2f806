import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  columnNames,
  CsvParser,
  maxFieldLength,
  maxFields,
  parseCsv,
  type CsvFault,
} from "../../../src/payload/csv/csv.ts";

interface Parsed {
  readonly records: readonly (readonly string[])[];
  readonly lines: readonly number[];
  readonly fault: CsvFault | undefined;
}

function parsed(...pieces: readonly string[]): Parsed {
  const records: string[][] = [];
  const lines: number[] = [];
  const parser = new CsvParser((fields, line) => {
    records.push(fields);
    lines.push(line);
  });
  for (const piece of pieces) parser.write(piece);
  parser.end();
  return { records, lines, fault: parser.fault };
}

const field = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc
    .array(fc.constantFrom("a", ",", '"', "\n", "\r", "é", "\ufeff", " "), { maxLength: 6 })
    .map((parts) => parts.join("")),
);
const isPlain = (text: string): boolean => !/[",\r\n]/.test(text);
const written = (text: string, isQuoted: boolean): string =>
  isQuoted || !isPlain(text) ? `"${text.replaceAll('"', '""')}"` : text;

/** Records, and a text that stands for them with any line ends and more quotes than needed. */
const files = fc
  .record({
    records: fc.array(fc.array(fc.tuple(field, fc.boolean()), { minLength: 1, maxLength: 4 }), { maxLength: 6 }),
    lineEnd: fc.constantFrom("\n", "\r\n", "\r"),
    hasMark: fc.boolean(),
    hasLastEnd: fc.boolean(),
  })
  .map(({ records, lineEnd, hasMark, hasLastEnd }) => {
    const lines = records.map((record, at) =>
      record
        .map(([text, isQuoted], column) => {
          // A line that is empty is skipped, and a mark at the very beginning is no text: quotes tell them apart.
          const isOnly = record.length === 1 && text === "";
          const isMark = at === 0 && column === 0 && text.startsWith("\ufeff");
          return written(text, isQuoted || isOnly || isMark);
        })
        .join(","),
    );
    return {
      records: records.map((record) => record.map(([text]) => text)),
      text: `${hasMark ? "\ufeff" : ""}${lines.join(lineEnd)}${hasLastEnd && lines.length > 0 ? lineEnd : ""}`,
    };
  });

describe("CsvParser", () => {
  it("gives back every record that was written, however it is quoted and its lines end", () => {
    fc.assert(
      fc.property(files, ({ records, text }) => {
        expect(parsed(text)).toMatchObject({ records, fault: undefined });
      }),
      { numRuns: 500 },
    );
  });

  it("finds the same wherever the text is cut", () => {
    const noisy = fc
      .array(fc.constantFrom("a", ",", '"', "\n", "\r", "\ufeff"), { maxLength: 14 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(
        fc.oneof(
          files.map(({ text }) => text),
          noisy,
        ),
        (text) => {
          const whole = parsed(text);
          expect(parsed(...text.split(""))).toEqual(whole);
          for (let cut = 0; cut <= text.length; cut++) {
            expect(parsed(text.slice(0, cut), "", text.slice(cut))).toEqual(whole);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each<[string, readonly (readonly string[])[]]>([
    ["", []],
    ["\n\r\n\r", []],
    ["\ufeff", []],
    ["a", [["a"]]],
    [
      "a,b\n\n\n1,2\n",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [",\n", [["", ""]]],
    ["a,", [["a", ""]]],
    ['""', [[""]]],
    ['""\n', [[""]]],
    ['"a\r\nb",c', [["a\r\nb", "c"]]],
    ['"\r",\n', [["\r", ""]]],
    ['5" pipe,x', [['5" pipe', "x"]]],
    [' "a" ,b', [[' "a" ', "b"]]],
    ["\ufeff\ufeffa", [["\ufeffa"]]],
  ])("reads %j", (text, records) => {
    expect(parsed(text)).toMatchObject({ records, fault: undefined });
  });

  it("knows the line on which a record begins, those inside quotes counted", () => {
    expect(parsed('a\r\n"x\r\ny\rz\n"\n\nb').lines).toEqual([1, 2, 7]);
  });

  it.each<[string, CsvFault]>([
    ['a,b\n1,"2"x\n', { reason: "text_after_quote", line: 2, field: 2 }],
    ['a\n1\n"b\n\n', { reason: "quote_not_closed", line: 3, field: 1 }],
    [`a\n${"x".repeat(maxFieldLength + 1)}`, { reason: "field_too_long", line: 2, field: 1 }],
    [",".repeat(maxFields), { reason: "too_many_fields", line: 1, field: maxFields + 1 }],
  ])("says where and why it is no table", (text, fault) => {
    expect(parsed(text).fault).toEqual(fault);
    expect(parsed(...(text.match(/[^]{1,5000}/g) ?? [])).fault).toEqual(fault);
  });

  it("reads a field of a million characters", () => {
    const long = "x".repeat(1_000_000);
    expect(parsed(`a,b\n${long},"${long}"`).records[1]).toEqual([long, long]);
  });

  it("takes nothing after a fault", () => {
    expect(parsed('"a"x\n', "b\n", "c\n").records).toEqual([]);
  });
});

describe("parseCsv", () => {
  it("tells the names from the rows, and keeps short rows short", () => {
    expect(parseCsv("a,b\n1,2\n3\n", 10)).toEqual({
      kind: "table",
      table: { names: ["a", "b"], rows: [["1", "2"], ["3"]] },
    });
    expect(parseCsv("", 10)).toEqual({ kind: "table", table: { names: [], rows: [] } });
  });

  it("refuses a row with more fields than names", () => {
    expect(parseCsv("a,b\n1,2\n1,2,3,4\n", 10)).toEqual({
      kind: "fault",
      fault: { reason: "line_too_long", line: 3, field: 3 },
    });
  });

  it("refuses more rows than it may read", () => {
    expect(parseCsv("a\n1\n2\n", 2).kind).toBe("table");
    expect(parseCsv("a\n1\n2\n3\n", 2).kind).toBe("too_many_rows");
  });
});

describe("columnNames", () => {
  it.each<[readonly string[], readonly string[]]>([
    [
      ["a", "b"],
      ["a", "b"],
    ],
    [
      ["a", "a", "a"],
      ["a", "a.1", "a.2"],
    ],
    [
      ["a", "a", "a.1"],
      ["a", "a.2", "a.1"],
    ],
    [
      ["", "a", ""],
      ["Unnamed: 0", "a", "Unnamed: 2"],
    ],
    [
      ["__proto__", "__proto__"],
      ["__proto__", "__proto__.1"],
    ],
  ])("makes %j differ", (header, names) => {
    expect(columnNames(header)).toEqual(names);
  });

  it("always gives as many different names", () => {
    const name = fc.oneof(fc.constantFrom("a", "a.1", "a.2", "", "Unnamed: 1"), fc.string({ maxLength: 300 }));
    fc.assert(
      fc.property(fc.array(name), (header) => {
        const names = columnNames(header);
        expect(names).toHaveLength(header.length);
        expect(new Set(names).size).toBe(header.length);
      }),
    );
  });

  it("is quick for a wide header of the same name", () => {
    expect(columnNames(Array.from({ length: maxFields }, () => "a")).at(-1)).toBe(`a.${maxFields - 1}`);
  });
});
