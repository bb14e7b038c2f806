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
 * Opens a file for one pass. Without `format` the file extension decides. Fails with `file_unreadable`; with `usage` when
 * the extension is unknown, and for anything but a regular file, because a pipe can be read only once.
 */
export async function openDataset(file: string, format?: DatasetFormat): Promise<Dataset> {
  if (file === "-") {
    throw new OutriderError("usage", "standard input cannot be read twice; write the data to a file");
  }
  const bytesTotal = await fileSize(file);
  const known = format ?? formatOfName(file);
  if (known === undefined) {
    throw new OutriderError(
      "usage",
      `${file}: the file extension does not say the format; set it with --format csv, jsonl or parquet`,
    );
  }
  return new readers[known](file, bytesTotal);
}

/** The format for a file extension, ignoring `.gz` and `.zst`; `undefined` when the extension is unknown. */
export function formatOfName(file: string): DatasetFormat | undefined {
  const name = path.basename(file).toLowerCase();
  const unpacked = name.replace(/\.(?:gz|zst)$/, "");
  return endings[path.extname(unpacked)];
}

/** Does not open the file: opening a pipe would wait for a writer. */
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
