import { open } from "node:fs/promises";
import path from "node:path";

import { OutriderError } from "../errors.ts";
import { CsvDataset } from "./csv-dataset.ts";
import type { Dataset, DatasetFormat } from "./dataset.ts";
import { JsonLinesDataset } from "./json-lines-dataset.ts";
import { ParquetDataset } from "./parquet-dataset.ts";

const endings: Readonly<Record<string, DatasetFormat>> = {
  ".csv": "csv",
  ".jsonl": "jsonl",
  ".ndjson": "jsonl",
  ".parquet": "parquet",
  ".pq": "parquet",
};

const readers: Readonly<Record<DatasetFormat, new (file: string, bytesTotal: number) => Dataset>> = {
  csv: CsvDataset,
  jsonl: JsonLinesDataset,
  parquet: ParquetDataset,
};

/**
 * Opens a file for one reading; the format is told by its ending when none is given. Fails with `file_unreadable`, or
 * with `usage` when the ending says nothing.
 */
export async function openDataset(file: string, format?: DatasetFormat): Promise<Dataset> {
  const known = format ?? formatOf(file);
  if (known === undefined) {
    throw new OutriderError(
      "usage",
      `${file}: the ending does not tell the format; name it with --format csv, jsonl or parquet`,
    );
  }
  const bytesTotal = await fileSize(file);
  return new readers[known](file, bytesTotal);
}

function formatOf(file: string): DatasetFormat | undefined {
  const name = path.basename(file).toLowerCase();
  const unpacked = name.replace(/\.(?:gz|zst)$/, "");
  return endings[path.extname(unpacked)];
}

async function fileSize(file: string): Promise<number> {
  try {
    const handle = await open(file);
    try {
      const stat = await handle.stat();
      if (stat.isDirectory()) throw new Error("it is a directory");
      return stat.size;
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new OutriderError("file_unreadable", `${file}: ${(error as Error).message}`, { cause: error });
  }
}
