import { access, constants, stat } from "node:fs/promises";
import path from "node:path";

import { OutriderError } from "../errors/outrider-error.ts";
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
 * with `usage` when the ending says nothing, and for what is no regular file: a pipe gives its rows once.
 */
export async function openDataset(file: string, format?: DatasetFormat): Promise<Dataset> {
  if (file === "-") {
    throw new OutriderError("usage", "standard input cannot be read twice; write the data to a file and name that");
  }
  const bytesTotal = await fileSize(file);
  const known = format ?? formatOfName(file);
  if (known === undefined) {
    throw new OutriderError(
      "usage",
      `${file}: the ending does not tell the format; name it with --format csv, jsonl or parquet`,
    );
  }
  return new readers[known](file, bytesTotal);
}

/** The format that a file's ending tells, `.gz` and `.zst` left aside; undefined when it tells none. */
export function formatOfName(file: string): DatasetFormat | undefined {
  const name = path.basename(file).toLowerCase();
  const unpacked = name.replace(/\.(?:gz|zst)$/, "");
  return endings[path.extname(unpacked)];
}

/** Looks at the file without opening it: opening a pipe would wait for a writer. */
async function fileSize(file: string): Promise<number> {
  const found = await stat(file).catch((error: unknown) => {
    throw unreadable(file, (error as Error).message, error);
  });
  if (found.isDirectory()) throw unreadable(file, "it is a directory");
  if (!found.isFile()) {
    throw new OutriderError("usage", `${file}: the input is read twice, so it must be a regular file`);
  }
  await access(file, constants.R_OK).catch((error: unknown) => {
    throw unreadable(file, (error as Error).message, error);
  });
  return found.size;
}

function unreadable(file: string, problem: string, cause?: unknown): OutriderError {
  return new OutriderError("file_unreadable", `${file}: ${problem}`, cause === undefined ? {} : { cause });
}
