/** The port of the commands that read the prediction log; files and Loki implement it. */
import { parseRecord } from "../../prediction-log/parse-record.ts";
import type { PredictionRecord } from "../../prediction-log/prediction-record.ts";
import type { RecordNotes } from "./notes.ts";

/** Selects records. A part that is undefined or empty matches all. */
export interface RecordFilter {
  readonly model: string | undefined;
  readonly variant: string | undefined;
  readonly outcomes: ReadonlySet<string>;
  /** ID of the request, trace or label. */
  readonly id: string | undefined;
  /** Times as in records: from `since` on, before `until`; empty for no limit. */
  readonly since: string;
  readonly until: string;
}

/** A record, and the line it was parsed from. */
export interface LoggedRecord {
  readonly record: PredictionRecord;
  readonly line: string;
}

/** Marks the point of {@link RecordSource.follow} at which all records that existed at its start are read. */
export const caughtUp = "caught_up";

/** A place that records are read from. Memory is bounded, however large the log is. */
export interface RecordSource {
  /** Name for messages: a folder or an address. */
  readonly name: string;
  /** Progress, in any unit, for a progress bar; `total` is 0 when unknown. */
  progress(): { readonly done: number; readonly total: number };
  /** The existing records, in order of time. Fails with a coded error. Leaving the loop early closes files. */
  records(filter: RecordFilter): AsyncIterable<LoggedRecord>;
  /** Like {@link records}, then {@link caughtUp} once, then new records, until the signal aborts. */
  follow(filter: RecordFilter, signal: AbortSignal): AsyncIterable<LoggedRecord | typeof caughtUp>;
  close(): Promise<void>;
}

/** A line, and where it is. */
export interface PlacedLine {
  readonly line: string;
  /** E.g. `predictions-….jsonl:17`. */
  readonly place: string;
}

/** Parses a line and returns it when it matches the filter. Adds problems to `notes`. */
export function wantedRecord(
  { line, place }: PlacedLine,
  filter: RecordFilter,
  notes: RecordNotes,
): LoggedRecord | undefined {
  // Skips parsing lines that cannot match: an ID of these characters is in the line unescaped.
  if (filter.id !== undefined && /^[\w.:-]+$/.test(filter.id) && !line.includes(filter.id)) return undefined;
  const parsed = parseRecord(line);
  if (parsed.kind === "malformed") {
    notes.malformed(place, parsed.problem);
    return undefined;
  }
  if (parsed.isNewer) notes.newer(place);
  return isWanted(parsed.record, filter) ? { record: parsed.record, line } : undefined;
}

/** True when a time is in the time span of a filter. */
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
