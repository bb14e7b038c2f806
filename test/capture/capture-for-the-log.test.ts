import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Exchange, ExchangeObserver } from "../../src/exchange.ts";
import type { ExchangeLog, LoggedBodies } from "../../src/prediction-log/exchange-log.ts";
import type { RecordDraft } from "../../src/prediction-log/record-draft.ts";
import { aDraft } from "../support/a-record.ts";
import { createReading, type Reading } from "../../src/capture/capture.ts";
import { until } from "../support/until.ts";
import { balances, captured, exchangeOf, recordReadings, wordReader } from "./captured.ts";

interface Logged {
  readonly id: string;
  readonly request: string;
  readonly answered: boolean;
  readonly read: readonly string[];
}

/** Logs every exchange whose identity does not begin with `no`. */
function recordLog(): ExchangeLog & { readonly seen: Logged[] } {
  const seen: Logged[] = [];
  return {
    seen,
    draft: (exchange: Exchange) =>
      exchange.requestId.startsWith("no") ? undefined : aDraft({ requestId: exchange.requestId }),
    finish: (draft: RecordDraft, bodies: LoggedBodies | undefined) => {
      const { content, reading } = bodies?.request ?? {};
      seen.push({
        id: draft.requestId,
        request: content?.kind === "decoded" ? Buffer.from(content.bytes).toString() : (content?.reason ?? "nothing"),
        answered: bodies?.response.reading !== undefined,
        read: reading?.kind === "read" ? [reading.value.model, ...reading.value.ids] : [],
      });
    },
  };
}

function begin(
  over: { readonly sampleRatio?: number; readonly queueBytes?: number; readonly isServed?: boolean } = {},
): {
  readonly reading: Reading;
  readonly log: ReturnType<typeof recordLog>;
  readonly counted: ReturnType<typeof recordReadings>;
  observe: ExchangeObserver["observe"];
  readonly turn: () => boolean;
} {
  const log = recordLog();
  const counted = recordReadings();
  const slices: (() => void)[] = [];
  let nowMs = 0;
  const reading = createReading({
    sampleRatio: over.sampleRatio ?? 1,
    cpuRatio: 1,
    queueBytes: over.queueBytes ?? 65_536,
    decodedBytes: 65_536,
    sinks: [counted],
    log,
    clock: { wallMs: () => 0, monotonicMs: () => (nowMs += 0.001) },
    schedule: (slice) => {
      slices.push(slice);
      return () => slices.splice(slices.indexOf(slice), 1);
    },
  });
  if (over.isServed ?? true) reading.serve(wordReader, "path");
  const turn = (): boolean => {
    const slice = slices.shift();
    slice?.();
    return slice !== undefined;
  };
  return { reading, log, counted, observe: (exchange) => reading.observer.observe(exchange), turn };
}

describe("reading for the log", () => {
  it("reads what the log chooses once, for the log and for the sinks", () => {
    const { log, counted, observe, turn, reading } = begin();
    observe(exchangeOf("model a", "answer", { requestId: "1" }));
    expect(log.seen).toEqual([]);
    while (turn());
    expect(log.seen).toEqual([{ id: "1", request: "model a", answered: true, read: ["model", "a"] }]);
    expect(counted.seen).toHaveLength(1);
    for (const [left, right] of balances(reading.counters)) expect(left).toBe(right);
  });

  it("reads the request of one that failed, for the log alone, and does not take its answer for a prediction", () => {
    const { log, counted, observe, turn, reading } = begin();
    observe(exchangeOf("model a", "an error", { requestId: "1", outcome: "upstream_error" }));
    observe(exchangeOf("model b", "event", { requestId: "2", isStreaming: true }));
    while (turn());
    expect(log.seen.map(({ answered, read }) => [answered, read])).toEqual([
      [false, ["model", "a"]],
      [false, ["model", "b"]],
    ]);
    expect([counted.seen.length, reading.counters.loggedOnlyTotal]).toEqual([0, 2]);
    for (const [left, right] of balances(reading.counters)) expect(left).toBe(right);
  });

  it("reads nothing for sinks that are to see none, and still what is logged", () => {
    const { log, counted, observe, turn, reading } = begin({ sampleRatio: 0 });
    for (let i = 0; i < 20; i++) observe(exchangeOf("model", "answer", { requestId: i % 2 === 0 ? `no${i}` : `${i}` }));
    while (turn());
    expect([log.seen.length, counted.seen.length, reading.counters.dropped.not_sampled]).toEqual([10, 0, 10]);
    for (const [left, right] of balances(reading.counters)) expect(left).toBe(right);
  });

  it("logs what has no bodies, or bodies that were cut off", () => {
    const { log, observe, turn } = begin();
    observe(exchangeOf(undefined, undefined, { requestId: "1" }));
    observe(exchangeOf(captured("abc", { complete: false }), undefined, { requestId: "2" }));
    while (turn());
    expect(log.seen.map(({ id, request }) => [id, request])).toEqual([
      ["1", "empty"],
      ["2", "truncated"],
    ]);
  });

  it("logs without bodies what finds no room, and what comes before anybody can read", () => {
    const small = begin({ queueBytes: 100 });
    small.observe(exchangeOf("model", "answer", { requestId: "1" }));
    expect(small.log.seen).toEqual([{ id: "1", request: "nothing", answered: false, read: [] }]);
    expect(small.reading.counters.dropped.queue_full).toBe(1);
    const early = begin({ isServed: false });
    early.observe(exchangeOf("model", "answer", { requestId: "1" }));
    early.observe(exchangeOf("model", "answer", { requestId: "no" }));
    expect([early.log.seen.length, early.reading.counters.offeredTotal]).toEqual([1, 1]);
    for (const [left, right] of balances(early.reading.counters)) expect(left).toBe(right);
  });

  it("reads at the stop what is to be logged, and drops the rest", async () => {
    const { log, observe, reading, turn, counted } = begin();
    const coded = captured(gzipSync("x".repeat(60_000) + String(Math.random())), { contentEncoding: "br" });
    observe(exchangeOf(coded, "answer", { requestId: "elsewhere" }));
    turn();
    expect(reading.counters.decodingExchanges).toBe(1);
    observe(exchangeOf("model a", "answer", { requestId: "waiting" }));
    observe(exchangeOf("model b", "answer", { requestId: "no" }));
    reading.stop();
    reading.stop();
    expect(log.seen.map(({ id, read }) => [id, read])).toEqual([
      ["elsewhere", []],
      ["waiting", ["model", "a"]],
    ]);
    expect(counted.seen).toHaveLength(1);
    expect([reading.counters.dropped.stopped, reading.counters.queuedExchanges]).toEqual([2, 0]);
    for (const [left, right] of balances(reading.counters)) expect(left).toBe(right);
    await until(() => !turn(), "nothing more to come");
    expect(log.seen).toHaveLength(2);
  });
});
