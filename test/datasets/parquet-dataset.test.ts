import { createHash } from "node:crypto";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, it } from "vitest";

import { openDataset } from "../../src/datasets/open-dataset.ts";
import { fileWith, problemOf, readDataset } from "./read-dataset.ts";

type Written = Parameters<typeof parquetWriteBuffer>[0];

const parquet = (columnData: Written["columnData"], options: Partial<Written> = {}): Uint8Array =>
  new Uint8Array(parquetWriteBuffer({ columnData, ...options }));

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

describe("a Parquet file", () => {
  it("is read with its types", async () => {
    const content = parquet([
      { name: "n", data: [1, 2.5, 3], type: "DOUBLE" },
      { name: "small", data: [1, null, 3], type: "INT32", nullable: true },
      { name: "long", data: [5n, 9_007_199_254_740_993n, -1n], type: "INT64" },
      { name: "word", data: ["a", null, "é"], type: "STRING", nullable: true },
      { name: "ok", data: [true, false, true], type: "BOOLEAN" },
      { name: "day", data: [new Date(0), new Date(1e12), new Date(0)], type: "TIMESTAMP" },
    ]);
    const { rows, digest, bytesRead, bytesTotal } = await readDataset(await fileWith("a.parquet", content));
    expect(rows).toEqual([
      { n: 1, small: 1, long: 5, word: "a", ok: true, day: "1970-01-01T00:00:00.000Z" },
      { n: 2.5, small: null, long: 9_007_199_254_740_993n, word: null, ok: false, day: "2001-09-09T01:46:40.000Z" },
      { n: 3, small: 3, long: -1, word: "é", ok: true, day: "1970-01-01T00:00:00.000Z" },
    ]);
    expect(digest).toBe(`sha256:${createHash("sha256").update(content).digest("hex")}`);
    expect(bytesRead).toBe(bytesTotal);
  });

  it("is read row group by row group, in order, always with the same columns", async () => {
    const data = range(10_000);
    const content = parquet(
      [
        { name: "n", data, type: "INT32" },
        { name: "word", data: data.map((row) => `w${row % 7}`), type: "STRING" },
      ],
      { rowGroupSize: 999 },
    );
    const file = await fileWith("a.parquet", content);
    const { rows } = await readDataset(file);
    expect(rows).toEqual(data.map((row) => ({ n: row, word: `w${row % 7}` })));
    const columns = new Set();
    for await (const table of (await openDataset(file)).tables()) columns.add(table.columns);
    expect(columns.size).toBe(1);
  });

  it("with a wide row group is read in parts", async () => {
    const rowCount = 1500;
    const columns = range(4000).map((column) => ({
      name: `c${column}`,
      data: Int32Array.from({ length: rowCount }, (_, row) => row * 4000 + column) as unknown as number[],
      type: "INT32" as const,
    }));
    const file = await fileWith("a.parquet", parquet(columns, { pageSize: 512, rowGroupSize: rowCount }));
    let next = 0;
    for await (const table of (await openDataset(file)).tables()) {
      for (let index = 0; index < table.cells.length; index++) {
        if (table.cells[index] !== next++) throw new Error(`cell ${next - 1} is ${String(table.cells[index])}`);
      }
    }
    expect(next).toBe(4000 * rowCount);
  });

  it("may hold lists, which become columns as in requests", async () => {
    const content = parquet([
      { name: "id", data: ["a", "b"], type: "STRING" },
      {
        name: "v",
        data: [
          [1, 2],
          [3, 4],
        ],
        type: "JSON",
      },
    ]);
    expect((await readDataset(await fileWith("a.pq", content))).rows).toEqual([
      { id: "a", "v[0]": 1, "v[1]": 2 },
      { id: "b", "v[0]": 3, "v[1]": 4 },
    ]);
  });

  it("says why it cannot be read", async () => {
    const whole = parquet([{ name: "n", data: range(1000), type: "DOUBLE" }]);
    expect(await problemOf("a.parquet", "a,b\n1,2\n")).toMatch(
      /^dataset_malformed: DIR\/a.parquet: it is not readable as Parquet: /,
    );
    expect(await problemOf("a.parquet", "")).toMatch(/^dataset_malformed: /);
    expect(await problemOf("a.parquet", whole.subarray(0, whole.length - 9))).toMatch(/^dataset_malformed: /);
    expect(await problemOf("a.parquet", parquet([{ name: "n", data: [], type: "DOUBLE" }]))).toBe(
      "dataset_malformed: DIR/a.parquet: the file has no rows",
    );
  });

  it("that was damaged anywhere is read or refused, never more", async () => {
    const whole = parquet([
      { name: "n", data: range(50), type: "DOUBLE" },
      { name: "w", data: range(50).map((row) => `w${row}`), type: "STRING" },
    ]);
    const outcomes = new Set<string>();
    for (let at = 0; at < whole.length; at += 3) {
      const damaged = Uint8Array.from(whole);
      damaged[at] = damaged[at]! ^ 0xff;
      outcomes.add((await problemOf("a.parquet", damaged)).split(":")[0]!);
    }
    expect([...outcomes].sort()).toEqual(["dataset_malformed", "no problem"]);
  });
});
