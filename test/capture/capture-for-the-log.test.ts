import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Exchange, ExchangeObserver } from "../../src/exchange.ts";
import type { ExchangeLog, LoggedBodies } from "../../src/prediction-log/exchange-log.ts";
import type { RecordDraft } from "../../src/prediction-log/record-draft.ts";
import { aDraft } from "../support/a-record.ts";
import { createCapture, type Capture } from "../../src/capture/capture.ts";
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
      const { content, result } = bodies?.request ?? {};
      seen.push({
        id: draft.requestId,
        request: content?.kind === "decoded" ? Buffer.from(content.bytes).toString() : (content?.reason ?? "nothing"),
        answered: bodies?.response.result !== undefined,
        read: result?.kind === "read" ? [result.value.model, ...result.value.ids] : [],
      });
    },
  };
}

function begin(
  over: { readonly sampleRatio?: number; readonly queueBytes?: number; readonly isServed?: boolean } = {},
): {
  readonly capture: Capture;
  readonly log: ReturnType<typeof recordLog>;
  readonly counted: ReturnType<typeof recordReadings>;
  observe: ExchangeObserver["observe"];
  readonly turn: () => boolean;
} {
  const log = recordLog();
  const counted = recordReadings();
  const slices: (() => void)[] = [];
  let nowMs = 0;
  const capture = createCapture({
    sampleRatio: over.sampleRatio ?? 1,
    cpuRatio: 1,
    queueBytes: over.queueBytes ?? 65_536,
    decodedBytes: 65_536,
    consumers: [counted],
    log,
    clock: { wallMs: () => 0, monotonicMs: () => (nowMs += 0.001) },
    schedule: (slice) => {
      slices.push(slice);
      return () => slices.splice(slices.indexOf(slice), 1);
    },
  });
  if (over.isServed ?? true) capture.serve(wordReader, "path");
  const turn = (): boolean => {
    const slice = slices.shift();
    slice?.();
    return slice !== undefined;
  };
  return { capture, log, counted, observe: (exchange) => capture.observer.observe(exchange), turn };
}

describe("capture for the prediction log", () => {
  it("parses an exchange once, for the log and for the consumers", () => {
    const { log, counted, observe, turn, capture } = begin();
    observe(exchangeOf("model a", "answer", { requestId: "1" }));
    expect(log.seen).toEqual([]);
    while (turn());
    expect(log.seen).toEqual([{ id: "1", request: "model a", answered: true, read: ["model", "a"] }]);
    expect(counted.seen).toHaveLength(1);
    for (const [left, right] of balances(capture.counters)) expect(left).toBe(right);
  });

  it("parses the request of a failed exchange for the log alone, and never its response", () => {
    const { log, counted, observe, turn, capture } = begin();
    observe(exchangeOf("model a", "an error", { requestId: "1", outcome: "upstream_error" }));
    observe(exchangeOf("model b", "event", { requestId: "2", isStreaming: true }));
    while (turn());
    expect(log.seen.map(({ answered, read }) => [answered, read])).toEqual([
      [false, ["model", "a"]],
      [false, ["model", "b"]],
    ]);
    expect([counted.seen.length, capture.counters.loggedOnlyTotal]).toEqual([0, 2]);
    for (const [left, right] of balances(capture.counters)) expect(left).toBe(right);
  });

  it("serves the log when the sample for consumers is 0", () => {
    const { log, counted, observe, turn, capture } = begin({ sampleRatio: 0 });
    for (let i = 0; i < 20; i++) observe(exchangeOf("model", "answer", { requestId: i % 2 === 0 ? `no${i}` : `${i}` }));
    while (turn());
    expect([log.seen.length, counted.seen.length, capture.counters.dropped.not_sampled]).toEqual([10, 0, 10]);
    for (const [left, right] of balances(capture.counters)) expect(left).toBe(right);
  });

  it("logs exchanges without bodies and with truncated bodies", () => {
    const { log, observe, turn } = begin();
    observe(exchangeOf(undefined, undefined, { requestId: "1" }));
    observe(exchangeOf(captured("abc", { complete: false }), undefined, { requestId: "2" }));
    while (turn());
    expect(log.seen.map(({ id, request }) => [id, request])).toEqual([
      ["1", "empty"],
      ["2", "truncated"],
    ]);
  });

  it("logs without bodies when the queue is full, and before there is a reader", () => {
    const small = begin({ queueBytes: 100 });
    small.observe(exchangeOf("model", "answer", { requestId: "1" }));
    expect(small.log.seen).toEqual([{ id: "1", request: "nothing", answered: false, read: [] }]);
    expect(small.capture.counters.dropped.queue_full).toBe(1);
    const early = begin({ isServed: false });
    early.observe(exchangeOf("model", "answer", { requestId: "1" }));
    early.observe(exchangeOf("model", "answer", { requestId: "no" }));
    expect([early.log.seen.length, early.capture.counters.offeredTotal]).toEqual([1, 1]);
    for (const [left, right] of balances(early.capture.counters)) expect(left).toBe(right);
  });

  it("processes exchanges for the log at the stop, and drops the others", async () => {
    const { log, observe, capture, turn, counted } = begin();
    const coded = captured(gzipSync("x".repeat(60_000) + String(Math.random())), { contentEncoding: "br" });
    observe(exchangeOf(coded, "answer", { requestId: "elsewhere" }));
    turn();
    expect(capture.counters.decodingExchanges).toBe(1);
    observe(exchangeOf("model a", "answer", { requestId: "waiting" }));
    observe(exchangeOf("model b", "answer", { requestId: "no" }));
    capture.stop();
    capture.stop();
    expect(log.seen.map(({ id, read }) => [id, read])).toEqual([
      ["elsewhere", []],
      ["waiting", ["model", "a"]],
    ]);
    expect(counted.seen).toHaveLength(1);
    expect([capture.counters.dropped.stopped, capture.counters.queuedExchanges]).toEqual([2, 0]);
    for (const [left, right] of balances(capture.counters)) expect(left).toBe(right);
    await until(() => !turn(), "nothing more to come");
    expect(log.seen).toHaveLength(2);
  });
});
