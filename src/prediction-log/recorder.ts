/** The log of predictions: chooses exchanges, makes their records and hands each to every sink. */
import type { Clock } from "../clock.ts";
import type { Exchange } from "../exchange.ts";
import type { PredictionLogCounters } from "./prediction-log-counters.ts";
import type { ExchangeLog, LoggedBodies } from "./exchange-log.ts";
import type { KeepPlan } from "./sampler/log-sampler.ts";
import type { EntrySink } from "./log-entry.ts";
import type { PredictionRecord } from "./prediction-record.ts";
import type { RecordBuilder } from "./record/record-builder.ts";
import { draftOf, type RecordDraft } from "./record-draft.ts";
import { lineOf } from "./record/record-line.ts";
import type { StreamTable } from "./stream-fields.ts";

/** What a {@link PredictionRecorder} works with. */
export interface RecorderParts {
  readonly plan: KeepPlan;
  readonly builder: RecordBuilder;
  readonly streams: StreamTable;
  readonly sinks: readonly EntrySink[];
  readonly counters: PredictionLogCounters;
  readonly clock: Clock;
  /** Told of a record that could not be made: a fault of ours. */
  onFailed(this: void, error: unknown): void;
  /** Longest record. */
  readonly recordBytes: number;
}

/** What an entry is reckoned to take beside its texts. */
const entryBytes = 128;

/** Records that share a millisecond are told apart by this many serial numbers. */
const serials = 1_000_000;

/**
 * The recorder. For an exchange that is not kept about 0.3 µs, most of it for making the text of its identity; for one
 * that is, what {@link RecordBuilder} and the sinks take, between requests.
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
    const decision = this.#parts.plan.decide(exchange, this.#parts.clock.monotonicMs());
    if (decision === undefined) return undefined;
    this.#parts.counters.draftsHeld++;
    return draftOf(exchange, decision);
  }

  finish(draft: RecordDraft, bodies: LoggedBodies | undefined): void {
    const { counters } = this.#parts;
    counters.draftsHeld--;
    if (bodies === undefined) counters.withoutReading++;
    try {
      this.#write(draft, bodies);
    } catch (error) {
      counters.failedTotal++;
      this.#parts.onFailed(error);
    }
  }

  #write(draft: RecordDraft, bodies: LoggedBodies | undefined): void {
    const { builder, streams, sinks, counters, clock, plan, recordBytes } = this.#parts;
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
      bytes: bytes + timeNs.length + Buffer.byteLength(texts.stream) + Buffer.byteLength(texts.metadata) + entryBytes,
    };
    counters.recordsTotal++;
    counters.recordBytesTotal += bytes;
    counters.streamsOverflowTotal = streams.overflowTotal;
    for (const part of cut) counters.cut[part]++;
    countOmitted(record, counters);
    plan.spend(bytes, draft.decision, clock.monotonicMs());
    for (const sink of sinks) sink.offer(entry);
  }
}

function countOmitted(record: PredictionRecord, counters: PredictionLogCounters): void {
  for (const body of [record.request_body, record.response_body]) {
    if (body !== undefined && "omitted" in body) counters.omittedBodies[body.omitted]++;
  }
}
