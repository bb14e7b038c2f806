/** The port between the commands that read the log of predictions and the places where it may be. */
import { parseRecord } from "../../prediction-log/parse-record.ts";
import type { PredictionRecord } from "../../prediction-log/prediction-record.ts";
import type { ReadingNotes } from "./notes.ts";

/** Which records are wanted; what is undefined, or empty, holds for all. */
export interface RecordFilter {
  readonly model: string | undefined;
  readonly variant: string | undefined;
  readonly outcomes: ReadonlySet<string>;
  /** Identity of the request, of its trace, or of its label. */
  readonly id: string | undefined;
  /** Times as they stand in records: from the first on, before the second; empty texts for none. */
  readonly since: string;
  readonly until: string;
}

/** A record and the line it was read from. */
export interface LoggedRecord {
  readonly record: PredictionRecord;
  readonly line: string;
}

/** Says that all is read that was there when a {@link RecordSource.follow} began. */
export const caughtUp = "caught_up";

/** Where records are read from. Memory is bounded whatever there is to read. */
export interface RecordSource {
  /** For people: a folder, an address. */
  readonly name: string;
  /** How much will be read and has been, in any unit, for a progress bar; a total of 0 when it is not known. */
  progress(): { readonly done: number; readonly total: number };
  /** The records that are there, in the order of their times. Fails with a coded error. Leaving the loop early closes it. */
  records(filter: RecordFilter): AsyncIterable<LoggedRecord>;
  /** Like {@link records}, then {@link caughtUp} once, then those that come, until the signal. */
  follow(filter: RecordFilter, signal: AbortSignal): AsyncIterable<LoggedRecord | typeof caughtUp>;
  close(): Promise<void>;
}

/** A line and its place. */
export interface PlacedLine {
  readonly line: string;
  /** E.g. `predictions-….jsonl:17`. */
  readonly place: string;
}

/** Reads a line, notes what is odd about it, and gives it when it is wanted. */
export function wantedRecord(
  { line, place }: PlacedLine,
  filter: RecordFilter,
  notes: ReadingNotes,
): LoggedRecord | undefined {
  // Spares reading all of a line that cannot be wanted: an identity of these characters is written as it is.
  if (filter.id !== undefined && /^[\w.:-]+$/.test(filter.id) && !line.includes(filter.id)) return undefined;
  const reading = parseRecord(line);
  if (reading.kind === "malformed") {
    notes.malformed(place, reading.problem);
    return undefined;
  }
  if (reading.isNewer) notes.newer(place);
  return isWanted(reading.record, filter) ? { record: reading.record, line } : undefined;
}

/** True when a time lies in the span that a filter asks for. */
export function isInSpan(time: string, { since, until }: RecordFilter): boolean {
  return time >= since && (until === "" || time < until);
}

function isWanted(record: PredictionRecord, filter: RecordFilter): boolean {
  const { model, variant, outcomes, id } = filter;
  return (
    isInSpan(record.time, filter) &&
    (model === undefined || record.model === model) &&
    (variant === undefined || record.variant === variant) &&
    (outcomes.size === 0 || outcomes.has(record.outcome)) &&
    (id === undefined || record.request_id === id || record.trace_id === id || record.label_id === id)
  );
}
