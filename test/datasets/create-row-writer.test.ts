import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createRowWriter } from "../../src/datasets/create-row-writer.ts";
import { datasetFormats, type DatasetFormat } from "../../src/datasets/dataset.ts";
import type { RowCell, RowColumn } from "../../src/datasets/row-writer.ts";
import { cellFromText } from "../../src/payload/table/cell-text.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { readDataset } from "./read-dataset.ts";

async function written(
  format: DatasetFormat,
  columns: readonly RowColumn[],
  rows: Iterable<readonly RowCell[]>,
): Promise<{ readonly file: string; readonly parts: number }> {
  const parts: Uint8Array[] = [];
  const writer = await createRowWriter(format, columns, async (part) => {
    parts.push(typeof part === "string" ? Buffer.from(part) : Uint8Array.from(part));
  });
  for (const row of rows) await writer.add(row);
  await writer.end();
  const file = path.join(await temporaryDirectory(), `a.${format}`);
  await writeFile(file, Buffer.concat(parts));
  return { file, parts: parts.length };
}

const columns: readonly RowColumn[] = [
  { name: "n", type: "number" },
  { name: 'word, "quoted"', type: "string" },
  { name: "ok", type: "boolean" },
];

describe.each(datasetFormats)("rows written as %s", (format) => {
  it("are read back with their types", async () => {
    const { file } = await written(format, columns, [
      [1.5, 'a "b", c', true],
      [null, "é\n2", false],
      [-2e-7, null, null],
    ]);
    expect((await readDataset(file)).rows).toEqual([
      { n: 1.5, [columns[1]?.name ?? ""]: 'a "b", c', ok: true },
      { n: null, [columns[1]?.name ?? ""]: "é\n2", ok: false },
      { n: -2e-7, [columns[1]?.name ?? ""]: null, ok: null },
    ]);
  });

  it("become text in a column of text", async () => {
    const { file } = await written(format, [{ name: "mixed", type: "string" }], [["a"], [true], ["x1"]]);
    const cells = (await readDataset(file)).rows.map((row) => String(row["mixed"]));
    expect(cells).toEqual(["a", "true", "x1"]);
  });

  it("come in parts, so that memory stays bounded", async () => {
    const many = Array.from({ length: 200_000 }, (_, row) => [row, `w${row}`, row % 2 === 0]);
    const { file, parts } = await written(format, columns, many);
    expect(parts).toBeGreaterThan(2);
    const { rows } = await readDataset(file);
    expect(rows.length).toBe(many.length);
    expect(rows.at(-1)).toEqual({ n: 199_999, [columns[1]?.name ?? ""]: "w199999", ok: false });
  });

  it("are read back whatever numbers, truths and texts they hold", async () => {
    // What CSV reads as something else than text cannot be told from it.
    const text = fc.string({ maxLength: 20, unit: "grapheme" }).filter((word) => cellFromText(word) === word);
    const number = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0));
    const row = fc.tuple(fc.option(number), fc.option(text), fc.option(fc.boolean()));
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async (rows) => {
        const { file } = await written(format, columns, rows);
        const read = (await readDataset(file)).rows.map((each) => columns.map(({ name }) => each[name] ?? null));
        const exact = rows.map((each) => each.map(exactly));
        expect(read.map((each) => each.map(exactly))).toEqual(exact);
      }),
      { numRuns: 60 },
    );
  });
});

/** An integer past 2^53 is read from text digit by digit. */
const exactly = (cell: unknown): unknown => (typeof cell === "bigint" ? Number(cell) : cell);

describe("a column that a row does not have", () => {
  it("is left out of JSON lines, and empty elsewhere", async () => {
    const { file } = await written("jsonl", columns, [[1, undefined, null]]);
    expect(await readFile(file, "utf8")).toBe('{"n":1,"ok":null}\n');
    const csv = await written("csv", columns, [[1, undefined, null]]);
    expect(await readFile(csv.file, "utf8")).toBe('n,"word, ""quoted""",ok\n1,,\n');
  });

  it("alone in CSV makes a row all the same", async () => {
    const { file } = await written("csv", [{ name: "n", type: "number" }], [[null], [1], [undefined]]);
    expect(await readFile(file, "utf8")).toBe('n\n""\n1\n""\n');
    expect((await readDataset(file)).rows).toEqual([{ n: null }, { n: 1 }, { n: null }]);
  });
});

describe("without rows", () => {
  it("CSV is its header, and Parquet a file that can be opened", async () => {
    const { file } = await written("csv", columns, []);
    expect(await readFile(file, "utf8")).toBe('n,"word, ""quoted""",ok\n');
    const parquet = await written("parquet", columns, []);
    expect((await readFile(parquet.file)).subarray(-4).toString()).toBe("PAR1");
  });
});
