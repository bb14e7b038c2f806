import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { openDataset } from "../../src/datasets/open-dataset.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { fileWith, problemOf, readDataset } from "./read-dataset.ts";

const sha256 = (content: string | Uint8Array): string => `sha256:${createHash("sha256").update(content).digest("hex")}`;

describe("a CSV file", () => {
  it("is read with types, a byte order mark and any line ends", async () => {
    const text = '\ufeffage,city,ok,id\r\n31,"Bern, ""CH""",True,9007199254740993\r\n,NA,false,02134\r\n';
    const { rows, names, digest, bytesRead, bytesTotal } = await readDataset(await fileWith("a.csv", text));
    expect(names).toEqual(["age", "city", "ok", "id"]);
    expect(rows).toEqual([
      { age: 31, city: 'Bern, "CH"', ok: true, id: 9_007_199_254_740_993n },
      { age: null, city: null, ok: false, id: "02134" },
    ]);
    expect(digest).toBe(sha256(text));
    expect([bytesRead, bytesTotal]).toEqual([Buffer.byteLength(text), Buffer.byteLength(text)]);
  });

  it("is read in several tables with the same columns, split within characters and quotes", async () => {
    const lines = Array.from({ length: 40_000 }, (_, row) => `${row},"é\n€ ${row}"`);
    const text = `n,word\n${lines.join("\n")}\n`;
    const file = await fileWith("a.csv", text);
    const { rows, tables } = await readDataset(file);
    expect(rows).toEqual(Array.from({ length: 40_000 }, (_, row) => ({ n: row, word: `é\n€ ${row}` })));
    expect(tables).toBeGreaterThan(1);
    const columns = new Set();
    for await (const table of (await openDataset(file)).tables()) columns.add(table.columns);
    expect(columns.size).toBe(1);
  });

  it("may have short rows, which are counted", async () => {
    const { rows, shortRows } = await readDataset(await fileWith("a.csv", "a,b\n1\n1,2\n3\n"));
    expect(rows).toEqual([{ a: 1 }, { a: 1, b: 2 }, { a: 3 }]);
    expect(shortRows).toBe(2);
  });

  it("may repeat names, which are told apart", async () => {
    expect((await readDataset(await fileWith("a.csv", "a,a,,a\n1,2,3,4\n"))).rows).toEqual([
      { a: 1, "a.1": 2, "Unnamed: 2": 3, "a.2": 4 },
    ]);
  });

  it("may hold a field of a million characters, of which the first ones are kept", async () => {
    const { rows } = await readDataset(await fileWith("a.csv", `a,b\n1,${"x".repeat(1_000_000)}\n`));
    expect(rows).toEqual([{ a: 1, b: "x".repeat(256) }]);
  });

  it.each<[string, string | Uint8Array]>([
    ["a.csv.gz", gzipSync("a\n1\n2\n")],
    ["a.csv.zst", zstdCompressSync("a\n1\n2\n")],
    ["A.CSV.GZ", gzipSync("a\n1\n2\n")],
  ])("is unpacked when it is called %s; the digest is that of the file", async (name, content) => {
    const { rows, digest } = await readDataset(await fileWith(name, content));
    expect(rows).toEqual([{ a: 1 }, { a: 2 }]);
    expect(digest).toBe(sha256(content));
  });

  it.each<[string, string | Uint8Array, string]>([
    ["a.csv", "", "dataset_malformed: DIR/a.csv: the file is empty"],
    ["a.csv", "\ufeff\n\n", "dataset_malformed: DIR/a.csv: the file is empty"],
    ["a.csv", "a,b\n", "dataset_malformed: DIR/a.csv: the file has a header but no rows"],
    ["a.csv", "a,b\n1,2\n\n1,2,3\n", "dataset_malformed: DIR/a.csv:4: the line has 3 fields, the header has 2"],
    [
      "a.csv",
      "a;b\n1,5;2\n",
      'dataset_malformed: DIR/a.csv:2: the line has 2 fields, the header has 1; the only column is named "a;b": is ; the separator? it must be a comma',
    ],
    ["a.csv", 'a,b\n1,"x\n', "dataset_malformed: DIR/a.csv:2: field 2: the opening quote is never closed"],
    ["a.csv", 'a\n"x"y\n', "dataset_malformed: DIR/a.csv:2: field 1: text after the closing quote"],
    [
      "a.csv",
      `a\n${"x".repeat(2 ** 20 + 1)}\n`,
      "dataset_malformed: DIR/a.csv:2: field 1: the field is longer than 1048576 characters; is a quote missing?",
    ],
    [
      "a.csv",
      Buffer.from("\ufeffa\n1\n", "utf16le"),
      "dataset_malformed: DIR/a.csv: this is not UTF-8 text; convert it to UTF-8",
    ],
    ["a.csv", Buffer.from("a\0\n"), "dataset_malformed: DIR/a.csv: this is not UTF-8 text; convert it to UTF-8"],
    ["a.csv", "PAR1....", "dataset_malformed: DIR/a.csv: this is a Parquet file; use --format parquet"],
    ["a.csv.gz", "a\n1\n", "dataset_malformed: DIR/a.csv.gz: it cannot be decompressed: incorrect header check"],
    [
      "a.csv.gz",
      gzipSync("a\n1\n2\n").subarray(0, 20),
      "dataset_malformed: DIR/a.csv.gz: it cannot be decompressed: unexpected end of file",
    ],
    [
      "a.txt",
      "a\n1\n",
      "usage: DIR/a.txt: the file extension does not say the format; set it with --format csv, jsonl or parquet",
    ],
  ])("%s says where and why it cannot be read (%#)", async (name, content, problem) => {
    expect(await problemOf(name, content)).toBe(problem);
  });

  it("that does not exist or is a directory is unreadable", async () => {
    const directory = await temporaryDirectory();
    await mkdir(path.join(directory, "b.csv"));
    await expect(openDataset(path.join(directory, "a.csv"))).rejects.toMatchObject({ code: "file_unreadable" });
    await expect(openDataset(path.join(directory, "b.csv"))).rejects.toMatchObject({ code: "file_unreadable" });
  });

  it("that is a pipe or standard input is refused at once: it cannot be read twice", async () => {
    const pipe = path.join(await temporaryDirectory(), "pipe.csv");
    execFileSync("mkfifo", [pipe]);
    await expect(openDataset(pipe)).rejects.toMatchObject({
      code: "usage",
      message: `${pipe}: the input is read twice, so it must be a regular file`,
    });
    await expect(openDataset("-", "csv")).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining("standard input cannot be read twice") as string,
    });
  });

  it("may be left early", async () => {
    const file = await fileWith("a.csv", `a\n${"1\n".repeat(500_000)}`);
    const dataset = await openDataset(file);
    for await (const table of dataset.tables()) {
      expect(table.rowCount).toBeGreaterThan(0);
      break;
    }
    expect(dataset.digest).toBe("");
  });
});

describe("a file of JSON lines", () => {
  it("is read with types, exact integers and nested columns", async () => {
    const text =
      '\ufeff{"a":1,"b":{"c":"x","d":[1,2]},"id":9007199254740993}\r\n\n{"a":null,"b":{"c":true},"id":1}\n{"z":NaN}';
    const { rows, names, digest } = await readDataset(await fileWith("a.jsonl", text));
    expect(names).toEqual(["a", "b.c", "b.d[0]", "b.d[1]", "id", "z"]);
    expect(rows).toEqual([
      { a: 1, "b.c": "x", "b.d[0]": 1, "b.d[1]": 2, id: 9_007_199_254_740_993n },
      { a: null, "b.c": true, id: 1 },
      { z: Number.NaN },
    ]);
    expect(digest).toBe(sha256(text));
  });

  it("may have a list a line: columns by position", async () => {
    const { rows, names } = await readDataset(await fileWith("a.ndjson", "[1,2]\n[3,4]\n"));
    expect(names).toEqual(["0", "1"]);
    expect(rows).toEqual([
      { "0": 1, "1": 2 },
      { "0": 3, "1": 4 },
    ]);
  });

  it("gives back every row that was written", async () => {
    const cell = fc.oneof(
      fc
        .double({ noNaN: true, noDefaultInfinity: true })
        .filter((value) => !Number.isInteger(value) || Number.isSafeInteger(value)),
      fc.string(),
      fc.boolean(),
      fc.constant(null),
    );
    const row = fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), cell, { minKeys: 1, maxKeys: 4 });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 600 }), async (written) => {
        const file = await fileWith("a.jsonl", written.map((each) => JSON.stringify(each)).join("\n"));
        const { rows } = await readDataset(file);
        expect(rows.map((each) => Object.entries(each).sort())).toEqual(
          written
            .map((each) => Object.entries(each).sort())
            .map((entries) => entries.map(([key, value]) => [key, Object.is(value, -0) ? 0 : value])),
        );
      }),
      { numRuns: 20 },
    );
  });

  it("with few columns in common between its rows is read row by row", async () => {
    const lines = Array.from({ length: 200 }, (_, row) =>
      JSON.stringify(Object.fromEntries(Array.from({ length: 60 }, (_, column) => [`c${row}_${column}`, 1]))),
    );
    const { rows, names } = await readDataset(await fileWith("a.jsonl", lines.join("\n")));
    expect([rows.length, names.length]).toEqual([200, 12_000]);
  });

  it.each<[string, string]>([
    ["", "dataset_malformed: DIR/a.jsonl: the file is empty"],
    ['{"a":1}\n{"a":1', "dataset_malformed: DIR/a.jsonl:2: the line is not JSON"],
    ['{"a":1}\n\n{"a":1},{"b":1}', "dataset_malformed: DIR/a.jsonl:3: the line is not JSON"],
    [
      '[\n{"a":1}\n]',
      "dataset_malformed: DIR/a.jsonl: JSON lines need one object per line; this file is one JSON array",
    ],
    [
      '\ufeff [{"a":1},{"a":2}]\n',
      "dataset_malformed: DIR/a.jsonl: JSON lines need one object per line; this file is one JSON array",
    ],
    [
      `[${'{"a":1},'.repeat(2 ** 21 + 1)}`,
      "dataset_malformed: DIR/a.jsonl: JSON lines need one object per line; this file is one JSON array",
    ],
    ['{"a":1}\n[', "dataset_malformed: DIR/a.jsonl:2: the line is not JSON"],
    ["5", 'dataset_malformed: DIR/a.jsonl:1: an object or a list is expected, e.g. {"age": 42}'],
    [`${"[".repeat(100)}${"]".repeat(100)}`, "dataset_malformed: DIR/a.jsonl:1: the value is nested too deeply"],
    [
      `{"a":1}\n{"a":"${"x".repeat(2 ** 24)}"}`,
      "dataset_malformed: DIR/a.jsonl:2: the line is longer than 16777216 characters",
    ],
  ])("says where and why it cannot be read (%#)", async (content, problem) => {
    expect(await problemOf("a.jsonl", content)).toBe(problem);
  });
});
