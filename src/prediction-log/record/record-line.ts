/** A record as a line of bounded length. */
import { cutOrder, type CutPart, type PredictionRecord } from "../prediction-record.ts";

/** See {@link lineOf}. */
export interface RecordLine {
  readonly line: string;
  /** Bytes of the line in UTF-8. */
  readonly bytes: number;
  /** What had to be left out, `rows` among it when it was in the record. */
  readonly cut: readonly CutPart[];
}

/**
 * The JSON of a record without a line end, at most `maxBytes` in UTF-8: parts are left out in {@link cutOrder} until it
 * fits, and `cut` in the record says which. What is left when all of them are gone is at most about 4 KB and is written
 * as it is. One pass for a record that fits.
 */
export function lineOf(record: PredictionRecord, maxBytes: number): RecordLine {
  const cut: CutPart[] = [...(record.cut ?? [])];
  let rest = record;
  let made = measured(rest);
  for (const part of cutOrder) {
    if (made.bytes <= maxBytes) break;
    if (!hasPart(rest, part)) continue;
    cut.push(part);
    rest = without(rest, part, cut);
    made = measured(rest);
  }
  return { ...made, cut };
}

/** What a record takes besides its line, see `LogEntry.bytes`. */
function measured(record: PredictionRecord): { readonly line: string; readonly bytes: number } {
  const line = JSON.stringify(record);
  return { line, bytes: Buffer.byteLength(line) };
}

function hasPart(record: PredictionRecord, part: (typeof cutOrder)[number]): boolean {
  return record[part] !== undefined || (part === "prediction" && record.score !== undefined);
}

function without(record: PredictionRecord, part: (typeof cutOrder)[number], cut: readonly CutPart[]): PredictionRecord {
  const { [part]: _, ...rest } = record;
  if (part !== "prediction") return { ...rest, cut };
  const { score: __, ...bare } = rest;
  return { ...bare, cut };
}
