import { writeFile } from "node:fs/promises";
import path from "node:path";

import type { RecordFilter } from "../../../src/cli/predictions/source.ts";
import type { PredictionRecord } from "../../../src/prediction-log/prediction-record.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { aRecord } from "../../support/a-record.ts";

/** The time of a record, so many milliseconds after noon of 25 November 2020: long enough ago for any clock. */
export const timeAfterNoon = (ms: number): string =>
  new Date(Date.UTC(2020, 10, 25, 12) + ms).toISOString().replace("Z", "000000Z");

/** A record so many milliseconds after noon whose id is `r` and the milliseconds. */
export const recordAt = (ms: number, over: Partial<PredictionRecord> = {}): PredictionRecord =>
  aRecord({ time: timeAfterNoon(ms), request_id: `r${ms}`, ...over });

/** A filter that every record passes. */
export const allRecords: RecordFilter = {
  model: undefined,
  variant: undefined,
  outcomes: new Set(),
  id: undefined,
  since: "",
  until: "",
};

/** Records as a file holds them. */
export const linesOf = (records: readonly object[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join("");

/** The name of the n-th file of a process, in the order of time. */
export const logName = (number: number, process = 1): string =>
  `predictions-20201125T120000${String(number).padStart(3, "0")}Z-${process}.jsonl`;

/** A new folder with a file for each text. */
export async function logDirectory(...texts: readonly string[]): Promise<string> {
  const directory = await temporaryDirectory();
  for (const [index, text] of texts.entries()) await writeFile(path.join(directory, logName(index, index)), text);
  return directory;
}
