import { writeFile } from "node:fs/promises";
import path from "node:path";

import type { DatasetFormat } from "../../src/datasets/dataset.ts";
import { openDataset } from "../../src/datasets/open-dataset.ts";
import type { Cell } from "../../src/payload/body-content.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

/** Everything that a data set gave. */
export interface ReadDataset {
  /** A row a record; features that a row does not have are left out. */
  readonly rows: readonly Readonly<Record<string, Cell>>[];
  readonly names: readonly string[];
  readonly tables: number;
  readonly digest: string;
  readonly bytesRead: number;
  readonly bytesTotal: number;
  readonly shortRows: number;
}

/** Writes a file into a new directory. */
export async function fileWith(name: string, content: string | Uint8Array): Promise<string> {
  const file = path.join(await temporaryDirectory(), name);
  await writeFile(file, content);
  return file;
}

/** Reads a whole data set. */
export async function readDataset(file: string, format?: DatasetFormat): Promise<ReadDataset> {
  const dataset = await openDataset(file, format);
  const rows: Record<string, Cell>[] = [];
  const names = new Set<string>();
  let tables = 0;
  let before = 0;
  for await (const { columns, rowCount, cells } of dataset.tables()) {
    tables++;
    const width = columns.names.length;
    if (cells.length !== rowCount * width) throw new Error("a table with the wrong number of cells");
    if (dataset.bytesRead < before || dataset.bytesRead > dataset.bytesTotal) throw new Error("progress goes astray");
    before = dataset.bytesRead;
    for (const name of columns.names) names.add(name);
    for (let row = 0; row < rowCount; row++) {
      const entries = columns.names.map((name, index) => [name, cells[row * width + index]] as const);
      rows.push(Object.fromEntries(entries.filter(([, cell]) => cell !== undefined)));
    }
  }
  const { digest, bytesRead, bytesTotal, shortRows } = dataset;
  return { rows, names: [...names], tables, digest, bytesRead, bytesTotal, shortRows };
}

/** The message with which reading a file with this content ends. */
export async function problemOf(name: string, content: string | Uint8Array, format?: DatasetFormat): Promise<string> {
  const file = await fileWith(name, content);
  try {
    await readDataset(file, format);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return `${code}: ${message.replaceAll(path.dirname(file), "DIR")}`;
  }
  return "no problem";
}
