import { randomBytes } from "node:crypto";
import { brotliCompressSync, gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Exchange } from "../../src/exchange.ts";
import type { ExchangeContent, ContentConsumer } from "../../src/payload/exchange-content.ts";
import type { BodyReader } from "../../src/payload/body-content.ts";
import { createReading, type Reading, type ReadingOptions } from "../../src/capture/capture.ts";
import { aRoute } from "../support/an-exchange.ts";
import { until } from "../support/until.ts";
import { balances, captured, exchangeOf, recordReadings, wordReader } from "./captured.ts";

/** Reading whose slices run when the test says so, by a clock that goes on by `stepMs` whenever it is read. */
interface Bench {
  readonly reading: Reading;
  readonly seen: readonly ExchangeContent[];
  /** Runs the slice that is scheduled; false when there is none. */
  turn(): boolean;
  /** Runs slices until none is scheduled and nothing is being decoded. */
  settle(): Promise<void>;
}

const sizes = { sampleRatio: 1, cpuRatio: 1, queueBytes: 65_536, decodedBytes: 65_536 };

interface BenchOptions extends Partial<ReadingOptions> {
  readonly stepMs?: number;
  readonly reader?: BodyReader;
}

function bench({ stepMs = 0, reader = wordReader, sinks = [], ...options }: BenchOptions = {}): Bench {
  let nowMs = 0;
  let scheduled: (() => void) | undefined;
  const record = recordReadings();
  const reading = createReading({
    ...sizes,
    sinks: [...sinks, record],
    clock: { wallMs: () => 0, monotonicMs: () => (nowMs += stepMs) },
    schedule: (slice) => {
      expect(scheduled, "one slice is scheduled at a time").toBeUndefined();
      scheduled = slice;
      return () => (scheduled = undefined);
    },
    ...options,
  });
  reading.serve(reader, "path");
  const turn = (): boolean => {
    const slice = scheduled;
    scheduled = undefined;
    slice?.();
    return slice !== undefined;
  };
  const settle = async (): Promise<void> => {
    while (turn() || reading.counters.decodingExchanges > 0) {
      await until(() => scheduled !== undefined || reading.counters.decodingExchanges === 0, "a body to be decoded");
    }
  };
  return { reading, seen: record.seen, turn, settle };
}

const offer = ({ reading }: Bench, ...exchanges: readonly Exchange[]): void => {
  for (const exchange of exchanges) reading.observer.observe(exchange);
};

const expectBalance = ({ reading }: Bench): void => {
  for (const [left, right] of balances(reading.counters)) expect(left).toBe(right);
};

describe("what is read", () => {
  it("is both bodies of a prediction, with what is known of the exchange", () => {
    const one = bench();
    offer(one, exchangeOf("asked a", "answered b", { startedAtMs: 1000, durationMs: 7, labelId: "order-1" }));
    one.turn();
    expect(one.seen).toEqual([
      {
        model: "iris",
        version: "1",
        variant: "stable",
        requestId: "",
        labelId: "order-1",
        atMs: 1007,
        request: { model: "asked", version: "", ids: ["a"], droppedColumns: 0 },
        response: { model: "answered", version: "", ids: ["b"] },
      },
    ]);
  });

  it.each([
    ["denied", { outcome: "denied" }],
    ["an error of the model server", { outcome: "upstream_error" }],
    ["a stream", { isStreaming: true }],
    ["a health check", { route: aRoute({ kind: "health" }) }],
    ["metadata", { route: aRoute({ kind: "metadata" }) }],
    ["a stream by its path", { route: aRoute({ kind: "stream" }) }],
  ] as const)("is nothing of %s", (_, over) => {
    const one = bench();
    offer(one, exchangeOf("a", "b", over));
    expect([one.turn(), one.reading.counters.offeredTotal]).toEqual([false, 0]);
  });

  it("is nothing before there is a reader, nor after the stop", () => {
    const clock = { wallMs: () => 0, monotonicMs: () => 0 };
    const reading = createReading({ ...sizes, sinks: [], clock });
    reading.observer.observe(exchangeOf("a", "b"));
    expect(reading.counters.offeredTotal).toBe(0);
    const one = bench();
    offer(one, exchangeOf("a", "b"), exchangeOf("a", "b"));
    one.reading.stop();
    offer(one, exchangeOf("a", "b"));
    expect([one.turn(), one.reading.counters.dropped.stopped, one.reading.counters.queuedBytes]).toEqual([false, 2, 0]);
    expectBalance(one);
  });

  it("takes the model from the path, and from the body where the path names none or the protocol says so", () => {
    const unnamed = { route: aRoute({ model: "", version: "" }) };
    const one = bench();
    offer(one, exchangeOf("asked", "answered"), exchangeOf("asked", "answered", unnamed));
    offer(one, exchangeOf("unread", "answered", unnamed), exchangeOf("unread", captured(""), unnamed));
    one.turn();
    one.reading.serve(wordReader, "body");
    offer(one, exchangeOf("asked", "answered"), exchangeOf(undefined, " nameless"));
    one.turn();
    expect(one.seen.map(({ model }) => model)).toEqual(["iris", "asked", "answered", "asked", "iris"]);
  });

  it("touches no lazy text that nobody needs", () => {
    const touched: string[] = [];
    const exchange = new Proxy(exchangeOf("a", "b"), {
      get: (target, key, receiver) => (touched.push(String(key)), Reflect.get(target, key, receiver)),
    });
    const one = bench();
    offer(one, exchange);
    for (const lazy of ["requestId", "traceId", "model"]) expect(touched).not.toContain(lazy);
    const two = bench({ sinks: [{ wantsRequestId: true, count: () => {} }] });
    offer(two, exchange);
    two.turn();
    expect(two.seen.map(({ requestId }) => requestId)).toEqual(["3f1c9a52"]);
  });
});

describe("what cannot be read", () => {
  it("is counted by side and reason", async () => {
    const one = bench();
    offer(
      one,
      exchangeOf("unread", "throw"),
      exchangeOf("", captured("long", { complete: false })),
      exchangeOf(captured("long", { complete: false }), "answered"),
      exchangeOf(captured("x", { contentEncoding: "gzip" }), captured("x", { contentEncoding: "compress" })),
      exchangeOf(captured("x", { contentEncoding: "br" }), undefined),
      exchangeOf(captured(gzipSync(Buffer.alloc(70_000)), { contentEncoding: "gzip" }), "answered"),
      exchangeOf(undefined, undefined),
    );
    await one.settle();
    const { unread, read, dropped } = one.reading.counters;
    const counted = (counts: Readonly<Record<string, number>>): object =>
      Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
    expect(counted(unread.request)).toEqual({
      unknown_shape: 1,
      empty: 1,
      truncated: 1,
      bad_encoding: 2,
      decoded_too_large: 1,
    });
    expect(counted(unread.response)).toEqual({ failed: 1, truncated: 1, unsupported_encoding: 1, empty: 1 });
    expect([read, counted(dropped)]).toEqual([{ request: 0, response: 2 }, { not_captured: 1 }]);
    expect(one.seen.map(({ request, response }) => [request, response?.model])).toEqual([
      [undefined, "answered"],
      [undefined, "answered"],
    ]);
    expectBalance(one);
  });

  it("does not keep a sink that throws from the others, nor the loop from going on", () => {
    const broken: ContentConsumer = {
      count: () => {
        throw new Error("a sink that breaks");
      },
    };
    const one = bench({ sinks: [broken] });
    offer(one, exchangeOf("throw", "throw"), exchangeOf("a", "b"), exchangeOf("c", "d"));
    one.turn();
    expect([one.seen.length, one.reading.counters.sinkFailuresTotal]).toEqual([2, 2]);
  });

  it("is dropped and counted when the queue is full, and what waits is read all the same", () => {
    const one = bench({ queueBytes: 4000 });
    for (let i = 0; i < 10; i++) offer(one, exchangeOf("a".repeat(500), "b".repeat(500)));
    const { dropped, queuedExchanges, queuedBytes } = one.reading.counters;
    expect([dropped.queue_full, queuedExchanges]).toEqual([8, 2]);
    expect(queuedBytes).toBeLessThanOrEqual(4000);
    one.turn();
    expect(one.seen.length).toBe(2);
    expectBalance(one);
  });
});

describe("the loop", () => {
  it("gives way after a slice, however much waits", () => {
    // The clock goes on by 0.2 ms at each reading: one at the start, one after each exchange.
    const one = bench({ stepMs: 0.2, sliceMs: 0.5 });
    for (let i = 0; i < 10; i++) offer(one, exchangeOf("a", "b"));
    const perSlice: number[] = [];
    for (let before = 0; one.turn(); before = one.seen.length) perSlice.push(one.seen.length - before);
    expect(perSlice).toEqual([3, 3, 3, 1]);
    expect(one.turn()).toBe(false);
    expect(one.reading.counters.busyMsTotal).toBeCloseTo(3 * 0.6 + 0.2);
  });

  it("reads at least one exchange in a slice and at most one past its length, for any length of either", () => {
    const ms = fc.double({ min: 0.01, max: 10, noNaN: true });
    fc.assert(
      fc.property(ms, ms, fc.integer({ min: 1, max: 60 }), (stepMs, sliceMs, count) => {
        const one = bench({ stepMs, sliceMs });
        for (let i = 0; i < count; i++) offer(one, exchangeOf("a", "b"));
        for (let before = 0; one.turn(); before = one.seen.length) {
          const inSlice = one.seen.length - before;
          expect(inSlice).toBeGreaterThanOrEqual(1);
          expect((inSlice - 1) * stepMs).toBeLessThan(sliceMs + 1e-9);
        }
        expect(one.seen.length).toBe(count);
      }),
    );
  });

  it("schedules once for all that comes in a turn, and not at all while nothing waits", () => {
    let scheduled = 0;
    const schedule = (): (() => void) => {
      scheduled++;
      return () => {};
    };
    const one = bench({ schedule });
    expect(scheduled).toBe(0);
    for (let i = 0; i < 10; i++) offer(one, exchangeOf("a", "b"));
    expect(scheduled).toBe(1);
  });

  it("has at most two exchanges decoded elsewhere at once, and reads the others in the order in which they came", async () => {
    const one = bench();
    const coded = (name: string): Exchange =>
      exchangeOf(captured(brotliCompressSync(Buffer.from(name)), { contentEncoding: "br" }), name);
    offer(one, coded("a"), exchangeOf("b", "b"), coded("c"), coded("d"), exchangeOf("e", "e"));
    one.turn();
    expect(one.seen.map(({ response }) => response?.model)).toEqual(["b"]);
    expect([one.reading.counters.decodingExchanges, one.reading.counters.queuedExchanges]).toEqual([2, 2]);
    expectBalance(one);
    await one.settle();
    expect(one.seen.map(({ response }) => response?.model).toSorted()).toEqual(["a", "b", "c", "d", "e"]);
    expect(one.reading.counters.read).toEqual({ request: 5, response: 5 });
    expectBalance(one);
  });

  it("decodes elsewhere from a copy: what comes next is written where the body was", async () => {
    const one = bench({ queueBytes: 1_000_000, decodedBytes: 1_000_000 });
    // Long enough that the other thread cannot be done before it is written over.
    const words = `a ${randomBytes(200_000).toString("hex")}`;
    offer(one, exchangeOf(captured(gzipSync(words), { contentEncoding: "gzip" }), "a"));
    one.turn();
    offer(one, exchangeOf("x".repeat(300_000), "b"));
    await one.settle();
    expect(one.seen.map(({ request }) => request?.ids[0])).toEqual(expect.arrayContaining([words.slice(2)]));
  });

  it("forgets what is being decoded when it is stopped", async () => {
    const one = bench();
    offer(one, exchangeOf(captured(brotliCompressSync(Buffer.from("a")), { contentEncoding: "br" }), "a"));
    one.turn();
    one.reading.stop();
    expect(one.reading.counters.dropped.stopped).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    expect([one.turn(), one.seen.length]).toEqual([false, 0]);
    expectBalance(one);
  });

  it("reads less when reading costs more than its share, and says so", () => {
    const one = bench({ stepMs: 20, sliceMs: 1, cpuRatio: 0.1 });
    for (let i = 0; i < 200; i++) {
      offer(one, exchangeOf("a", "b"));
      one.turn();
    }
    const { sampleRatio, dropped } = one.reading.counters;
    expect(sampleRatio).toBeLessThan(0.2);
    expect(dropped.not_sampled).toBeGreaterThan(50);
    expectBalance(one);
  });

  it("keeps its accounts at every moment, whatever comes", async () => {
    const plain = fc.constantFrom("a", "unread", "throw", "", "x".repeat(900)).map((text) => captured(text));
    const odd = fc.constantFrom(
      undefined,
      captured("cut", { complete: false }),
      captured(gzipSync("a"), { contentEncoding: "gzip" }),
      captured(brotliCompressSync(Buffer.from("a")), { contentEncoding: "br" }),
      captured("not gzip", { contentEncoding: "gzip" }),
    );
    const body = fc.oneof({ weight: 3, arbitrary: plain }, { weight: 1, arbitrary: odd });
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.tuple(body, body) },
      { weight: 1, arbitrary: fc.constantFrom("turn" as const, "settle" as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.constantFrom(0.4, 1), async (steps, sampleRatio) => {
        const one = bench({ queueBytes: 5000, sampleRatio, stepMs: 0.1 });
        for (const what of steps) {
          if (what === "turn") one.turn();
          else if (what === "settle") await one.settle();
          else offer(one, exchangeOf(...what));
          expectBalance(one);
          expect(one.reading.counters.queuedBytes).toBeLessThanOrEqual(5000);
        }
        await one.settle();
        expect(one.reading.counters).toMatchObject({ queuedExchanges: 0, decodingExchanges: 0, queuedBytes: 0 });
        expectBalance(one);
      }),
      { numRuns: 60 },
    );
  });
});
