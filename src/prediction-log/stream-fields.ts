/** Labels and metadata of log entries: which fields of a record they may be made of, and how many streams that makes. */
import type { PredictionRecord } from "./prediction-record.ts";

/** Fields of a record that may be labels: those with few values. */
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

/** How streams are made. */
export interface StreamPlan {
  readonly labels: readonly StreamLabelField[];
  readonly staticLabels: readonly StaticLabel[];
  readonly metadata: readonly StreamMetadataField[];
  readonly maxStreams: number;
}

/** What a {@link LogEntry} carries of them. */
export interface StreamTexts {
  readonly stream: string;
  readonly metadata: string;
}

interface KnownStream {
  readonly text: string;
  seenMs: number;
}

/** A stream without records for so long gives its place to another. */
const idleMs = 3_600_000;
const sweepEveryMs = 60_000;

/** What stands for a label past the cap. */
const other = "__other__";
/** Longest value of a label or of metadata; Loki takes 2048 characters by default. */
const maxValueLength = 256;

/** Makes the texts of streams, the same text for the same labels. About 0.3 µs for a stream that was seen before. */
export class StreamTable {
  readonly #plan: StreamPlan;
  readonly #streams: Map<string, KnownStream> = new Map();
  readonly #otherText: string;
  #sweptMs = -Infinity;
  /** Records that went to the stream of those past the cap. */
  overflowTotal = 0;

  constructor(plan: StreamPlan) {
    this.#plan = plan;
    this.#otherText = this.#textOf(plan.labels.map(() => other));
  }

  /** Streams so far, without the one for those past the cap. */
  get size(): number {
    return this.#streams.size;
  }

  /** The texts for a record that is made at `nowMs`, monotonic time. */
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
      return this.#otherText;
    }
    const text = this.#textOf(values);
    this.#streams.set(key, { text, seenMs: nowMs });
    return text;
  }

  /** Loki closes streams that are idle, too: whoever used them up with names that do not exist does not do so for ever. */
  #forgetIdle(nowMs: number): void {
    if (nowMs - this.#sweptMs < sweepEveryMs) return;
    this.#sweptMs = nowMs;
    for (const [key, { seenMs }] of this.#streams) if (nowMs - seenMs >= idleMs) this.#streams.delete(key);
  }

  /** Loki takes a label without a value for one that is not there, so it is left out. */
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
