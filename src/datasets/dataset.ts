/** What a data set on disk is to those who read it. */
import type { FeatureTable } from "../payload/body-content.ts";

/** Formats that are read. `.gz` and `.zst` after the ending of the first two are unpacked. */
export const datasetFormats = ["csv", "jsonl", "parquet"] as const;

/** See {@link datasetFormats}. */
export type DatasetFormat = (typeof datasetFormats)[number];

/** One reading of a file. Memory is bounded by the largest row and, for Parquet, by a part of a row group. */
export interface Dataset {
  /** Bytes that will be read, and those that have been; for a progress bar. */
  readonly bytesTotal: number;
  readonly bytesRead: number;
  /** Rows that had fewer fields than the header, so far. */
  readonly shortRows: number;
  /** `sha256:…` of the file's bytes; empty until all tables were read. */
  readonly digest: string;
  /**
   * The rows, in order; may be asked for once. Fails with `dataset_malformed` that names the place, or with the system's
   * error. Leaving the loop early closes the file.
   */
  tables(): AsyncIterable<FeatureTable>;
}
