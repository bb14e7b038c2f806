/** Labels and structured metadata of log entries, and the bound on the number of streams. */
import type { PredictionRecord } from "./prediction-record.ts";

/** Fields of a record that may be stream labels: those with few values. */
export const streamLabelFields = ["model", "version", "variant", "outcome", "route", "instance"] as const;

/** Fields of a record that may be structured metadata. */
export const streamMetadataFields = ["request_id", "trace_id", "status", "error_code", "digest", "instance"] as const;

/** See {@link streamLabelFields}. */
export type StreamLabelField = (typeof streamLabelFields)[number];

/** See {@link streamMetadataFields}. */
export type StreamMetadataField = (typeof streamMetadataFields)[number];

/** A label with the same value in every stream. */
export interface StaticLabel {
  readonly name: string;
  readonly value: string;
}

/** Options of {@link StreamTable}. */
export interface StreamPlan {
  readonly labels: readonly StreamLabelField[];
  /** Added to every stream. */
  readonly staticLabels: readonly StaticLabel[];
  readonly metadata: readonly StreamMetadataField[];
  readonly maxStreams: number;
}

/** The fields of a `LogEntry` made here. */
export interface StreamTexts {
  readonly stream: string;
  readonly metadata: string;
}

interface KnownStream {
  readonly text: string;
  seenMs: number;
}

/** A stream without records for this time makes room for another. */
const idleMs = 3_600_000;
const sweepEveryMs = 60_000;

/** Value of every label of the overflow stream. */
const overflowLabel = "__other__";
/** Longest value of a label or of metadata, characters. Loki accepts 2048 by default. */
const maxValueLength = 256;

/** Makes the labels of streams, the same text for the same labels. About 0.3 µs for a known stream. */
export class StreamTable {
  readonly #plan: StreamPlan;
  readonly #streams: Map<string, KnownStream> = new Map();
  readonly #overflowText: string;
  #sweptMs = -Infinity;
  /** Records in the overflow stream. */
  overflowTotal = 0;

  constructor(plan: StreamPlan) {
    this.#plan = plan;
    this.#overflowText = this.#textOf(plan.labels.map(() => overflowLabel));
  }

  /** Labels and metadata of a record made at `nowMs` (monotonic). */
  textsOf(record: PredictionRecord, nowMs: number): StreamTexts {
    return { stream: this.#streamOf(record, nowMs), metadata: this.#metadataOf(record) };
  }

  #streamOf(record: PredictionRecord, nowMs: number): string {
    const values = this.#plan.labels.map((field) => record[field].slice(0, maxValueLength));
    const key = values.join("\u0000");
    const known = this.#streams.get(key);
    if (known !== undefined) {
      known.seenMs = nowMs;
      return known.text;
    }
    if (this.#streams.size >= this.#plan.maxStreams) this.#forgetIdle(nowMs);
    if (this.#streams.size >= this.#plan.maxStreams) {
      this.overflowTotal++;
      return this.#overflowText;
    }
    const text = this.#textOf(values);
    this.#streams.set(key, { text, seenMs: nowMs });
    return text;
  }

  /** Loki closes idle streams, too. So a client that uses up all streams with made-up names blocks them only for a while. */
  #forgetIdle(nowMs: number): void {
    if (nowMs - this.#sweptMs < sweepEveryMs) return;
    this.#sweptMs = nowMs;
    for (const [key, { seenMs }] of this.#streams) if (nowMs - seenMs >= idleMs) this.#streams.delete(key);
  }

  /** Empty labels are left out: to Loki they are the same as missing ones. */
  #textOf(values: readonly string[]): string {
    const varying = this.#plan.labels.map((name, index): [string, string] => [name, values[index] ?? ""]);
    const fixed = this.#plan.staticLabels.map(({ name, value }): [string, string] => [name, value]);
    const all = [...varying, ...fixed].filter(([, value]) => value !== "");
    return JSON.stringify(Object.fromEntries(all.toSorted(([left], [right]) => (left < right ? -1 : 1))));
  }

  #metadataOf(record: PredictionRecord): string {
    const values: Record<string, string> = {};
    for (const field of this.#plan.metadata) {
      const value = String(record[field]).slice(0, maxValueLength);
      if (value !== "") values[field] = value;
    }
    const text = JSON.stringify(values);
    return text === "{}" ? "" : text;
  }
}
