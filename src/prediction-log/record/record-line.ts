/** Serializes a record to a line of bounded length. */
import { cutOrder, type CutPart, type PredictionRecord } from "../prediction-record.ts";

/** Result of {@link lineOf}. */
export interface RecordLine {
  readonly line: string;
  /** Bytes of the line in UTF-8. */
  readonly bytes: number;
  /** All parts that are missing, those already missing in the record included. */
  readonly cut: readonly CutPart[];
}

/**
 * The JSON of a record without a line end. Parts are left out in {@link cutOrder} until it takes at most `maxBytes` in
 * UTF-8, and the field `cut` names them. The rest without any of these parts, about 4 KB at most, is never cut. One
 * pass for a record that fits.
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
