/** The port of data set readers: one reader for each format. */
import { OutriderError } from "../errors/outrider-error.ts";
import type { FeatureTable } from "../payload/body-content.ts";

/** Formats that are read and written. CSV and JSON lines are also read compressed (`.gz`, `.zst`). */
export const datasetFormats = ["csv", "jsonl", "parquet"] as const;

/** One of {@link datasetFormats}. */
export type DatasetFormat = (typeof datasetFormats)[number];

/** One pass over a file. Memory is bounded by the largest row and, for Parquet, by a part of a row group. */
export interface Dataset {
  /** Bytes to read in total, for a progress bar. */
  readonly bytesTotal: number;
  /** Bytes read so far. */
  readonly bytesRead: number;
  /** Rows so far with fewer fields than the header. */
  readonly shortRows: number;
  /** `sha256:…` of the bytes of the file; empty until all tables were read. */
  readonly digest: string;
  /**
   * The rows, in order. Can be called once. Fails with `dataset_malformed`, which names the place, or with the error of
   * the system. Leaving the loop early closes the file.
   */
  tables(): AsyncIterable<FeatureTable>;
}

/** The error for a file that does not match its format; `place` begins with the name of the file. */
export function malformed(place: string, problem: string, cause?: unknown): OutriderError {
  return new OutriderError("dataset_malformed", `${place}: ${problem}`, cause === undefined ? {} : { cause });
}
