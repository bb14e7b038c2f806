import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LoggedBodies } from "../../src/prediction-log/exchange-log.ts";
import { LogSampler } from "../../src/prediction-log/sampler/log-sampler.ts";
import type { LogEntry } from "../../src/prediction-log/log-entry.ts";
import { PredictionLogCounters } from "../../src/prediction-log/prediction-log-counters.ts";
import type { PredictionRecord } from "../../src/prediction-log/prediction-record.ts";
import { RecordBuilder } from "../../src/prediction-log/record/record-builder.ts";
import type { RecordDraft } from "../../src/prediction-log/record-draft.ts";
import { PredictionRecorder } from "../../src/prediction-log/recorder.ts";
import { aRedactor } from "../redaction/a-redactor.ts";
import { StreamTable } from "../../src/prediction-log/stream-fields.ts";
import { anExchange, aRoute } from "../support/an-exchange.ts";

function begin(sample: number, driftOf: () => undefined = () => undefined) {
  const counters = new PredictionLogCounters();
  const entries: LogEntry[] = [];
  const second: LogEntry[] = [];
  const failures: unknown[] = [];
  const keep = { rules: [], always: [], alwaysPerSecond: 10, slowMs: 0, canaryVariants: [], bytesPerSecond: 1e9 };
  const redactor = aRedactor({ patterns: [] });
  const options = { redactor, instance: "pod-1", digest: "", maxRows: 10, bodyBytes: 0, driftOf };
  const recorder = new PredictionRecorder({
    sampler: new LogSampler({ sample, ...keep }, counters),
    builder: new RecordBuilder({ ...options, formatTime: (ms) => new Date(ms).toISOString() }),
    streams: new StreamTable({ labels: ["model"], staticLabels: [], metadata: ["request_id"], maxStreams: 5 }),
    sinks: [{ offer: (entry) => entries.push(entry) }, { offer: (entry) => second.push(entry) }],
    counters,
    onFailed: (error) => failures.push(error),
    clock: { wallMs: () => 0, monotonicMs: () => 0 },
    recordBytes: 10_000,
  });
  return { recorder, counters, entries, second, failures };
}

const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

const nothing = undefined as LoggedBodies | undefined;

describe("the recorder", () => {
  it("hands every sink the same entry, with the time and the labels of its record", () => {
    const { recorder, entries, second } = begin(1);
    const draft = recorder.draft(anExchange({ requestId: "a", startedAtMs: 1_764_072_000_000, durationMs: 12.7 }));
    recorder.finish(draft as RecordDraft, nothing);
    const [entry] = entries;
    expect(entry).toBe(second[0]);
    const record = JSON.parse(entry?.line ?? "") as PredictionRecord;
    expect(record).toMatchObject({ request_id: "a", time: "2025-11-25T12:00:00.012000000Z", outcome: "ok" });
    expect(entry).toMatchObject({
      timeNs: "1764072000012000000",
      stream: '{"model":"iris"}',
      metadata: '{"request_id":"a"}',
    });
    expect(entry?.bytes).toBeGreaterThan(Buffer.byteLength(entry?.line ?? ""));
  });

  it("ignores health and metadata", () => {
    const { recorder, counters } = begin(1);
    for (const kind of ["health", "metadata"] as const) {
      expect(recorder.draft(anExchange({ route: aRoute({ kind }) }))).toBeUndefined();
    }
    expect(counters.offeredTotal).toBe(0);
    for (const kind of ["inference", "stream", "other"] as const) {
      expect(recorder.draft(anExchange({ route: aRoute({ kind }) }))).toBeDefined();
    }
  });

  it("counts a record that cannot be made, and continues", () => {
    let isBroken = true;
    const { recorder, counters, entries, failures } = begin(1, () => {
      if (isBroken) throw new Error("planted");
      return undefined;
    });
    recorder.finish(recorder.draft(anExchange()) as RecordDraft, nothing);
    isBroken = false;
    recorder.finish(recorder.draft(anExchange()) as RecordDraft, nothing);
    expect([counters.failedTotal, counters.recordsTotal, counters.pendingRecords, entries.length]).toEqual([
      1, 1, 0, 1,
    ]);
    expect(failures).toEqual([new Error("planted")]);
  });

  it("never gives two entries the same time, and accounts for every exchange at every moment", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 200 }), fc.integer({ min: 1, max: 10 }), (steps, tenths) => {
        const { recorder, counters, entries } = begin(tenths / 10);
        const pending: RecordDraft[] = [];
        for (const [number, isNew] of steps.entries()) {
          const draft = isNew ? recorder.draft(anExchange({ requestId: String(number) })) : undefined;
          if (draft !== undefined) pending.push(draft);
          const next = isNew ? undefined : pending.shift();
          if (next !== undefined) recorder.finish(next, nothing);
          expect(counters.offeredTotal).toBe(sumOf(counters.kept) + sumOf(counters.skipped));
          expect(sumOf(counters.kept)).toBe(counters.recordsTotal + counters.failedTotal + counters.pendingRecords);
          expect(counters.pendingRecords).toBe(pending.length);
        }
        expect(new Set(entries.map(({ timeNs }) => timeNs)).size).toBe(entries.length);
      }),
    );
  });
});
