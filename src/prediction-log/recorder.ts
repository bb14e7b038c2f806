/** The prediction log: chooses exchanges, makes their records and hands each record to every sink. */
import type { Clock } from "../clock.ts";
import type { Exchange } from "../exchange.ts";
import type { PredictionLogCounters } from "./prediction-log-counters.ts";
import type { ExchangeLog, LoggedBodies } from "./exchange-log.ts";
import type { LogSampler } from "./sampler/log-sampler.ts";
import type { EntrySink } from "./log-entry.ts";
import type { PredictionRecord } from "./prediction-record.ts";
import type { RecordBuilder } from "./record/record-builder.ts";
import { draftOf, type RecordDraft } from "./record-draft.ts";
import { lineOf } from "./record/record-line.ts";
import type { StreamTable } from "./stream-fields.ts";

/** Parts and options of {@link PredictionRecorder}. */
export interface RecorderParts {
  readonly sampler: LogSampler;
  readonly builder: RecordBuilder;
  readonly streams: StreamTable;
  readonly sinks: readonly EntrySink[];
  readonly counters: PredictionLogCounters;
  readonly clock: Clock;
  /** Called when a record could not be made, which is a defect of this program. */
  onFailed(this: void, error: unknown): void;
  /** Upper bound of the line of a record, bytes. */
  readonly recordBytes: number;
}

/** Overhead of an entry without its texts, bytes; see `LogEntry.bytes`. */
const entryOverheadBytes = 128;

/** Serial numbers that distinguish the records of one millisecond. */
const serials = 1_000_000;

/**
 * The log behind {@link ExchangeLog}. Costs about 0.3 µs for an exchange that is not logged, most of it for the text of
 * its identity. For a logged one the cost is that of {@link RecordBuilder} and the sinks, paid between requests.
 */
export class PredictionRecorder implements ExchangeLog {
  readonly #parts: RecorderParts;
  #serial = 0;

  constructor(parts: RecorderParts) {
    this.#parts = parts;
  }

  draft(exchange: Exchange): RecordDraft | undefined {
    const { kind } = exchange.route;
    if (kind === "health" || kind === "metadata") return undefined;
    const decision = this.#parts.sampler.decide(exchange, this.#parts.clock.monotonicMs());
    if (decision === undefined) return undefined;
    this.#parts.counters.pendingRecords++;
    return draftOf(exchange, decision);
  }

  finish(draft: RecordDraft, bodies: LoggedBodies | undefined): void {
    const { counters } = this.#parts;
    counters.pendingRecords--;
    if (bodies === undefined) counters.unreadRecordsTotal++;
    try {
      this.#write(draft, bodies);
    } catch (error) {
      counters.failedTotal++;
      this.#parts.onFailed(error);
    }
  }

  #write(draft: RecordDraft, bodies: LoggedBodies | undefined): void {
    const { builder, streams, sinks, counters, clock, sampler, recordBytes } = this.#parts;
    const serial = this.#serial;
    this.#serial = (serial + 1) % serials;
    const record = builder.recordOf(draft, bodies, serial);
    const { line, bytes, cut } = lineOf(record, recordBytes);
    const texts = streams.textsOf(record, clock.monotonicMs());
    const timeNs = `${draft.atMs}${String(serial).padStart(6, "0")}`;
    const entry = {
      timeNs,
      ...texts,
      line,
      bytes:
        bytes +
        timeNs.length +
        Buffer.byteLength(texts.stream) +
        Buffer.byteLength(texts.metadata) +
        entryOverheadBytes,
    };
    counters.recordsTotal++;
    counters.recordBytesTotal += bytes;
    counters.streamsOverflowTotal = streams.overflowTotal;
    for (const part of cut) counters.cut[part]++;
    countOmitted(record, counters);
    sampler.spend(bytes, draft.decision, clock.monotonicMs());
    for (const sink of sinks) sink.offer(entry);
  }
}

function countOmitted(record: PredictionRecord, counters: PredictionLogCounters): void {
  for (const body of [record.request_body, record.response_body]) {
    if (body !== undefined && "omitted" in body) counters.omittedBodies[body.omitted]++;
  }
}
