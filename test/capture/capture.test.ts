import { randomBytes } from "node:crypto";
import { brotliCompressSync, gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Exchange } from "../../src/exchange.ts";
import type { ExchangeContent, ContentConsumer } from "../../src/payload/exchange-content.ts";
import type { BodyReader } from "../../src/payload/body-content.ts";
import { createCapture, type Capture, type CaptureOptions } from "../../src/capture/capture.ts";
import { aRoute } from "../support/an-exchange.ts";
import { until } from "../support/until.ts";
import { balances, captured, exchangeOf, recordReadings, wordReader } from "./captured.ts";

/** A capture whose slices run when the test says so, by a clock that goes on by `stepMs` whenever it is read. */
interface Bench {
  readonly capture: Capture;
  readonly seen: readonly ExchangeContent[];
  /** Runs the slice that is scheduled; false when there is none. */
  turn(): boolean;
  /** Runs slices until none is scheduled and nothing is being decoded. */
  settle(): Promise<void>;
}

const sizes = { sampleRatio: 1, cpuRatio: 1, queueBytes: 65_536, decodedBytes: 65_536 };

interface BenchOptions extends Partial<CaptureOptions> {
  readonly stepMs?: number;
  readonly reader?: BodyReader;
}

function bench({ stepMs = 0, reader = wordReader, consumers = [], ...options }: BenchOptions = {}): Bench {
  let nowMs = 0;
  let scheduled: (() => void) | undefined;
  const record = recordReadings();
  const capture = createCapture({
    ...sizes,
    consumers: [...consumers, record],
    clock: { wallMs: () => 0, monotonicMs: () => (nowMs += stepMs) },
    schedule: (slice) => {
      expect(scheduled, "one slice is scheduled at a time").toBeUndefined();
      scheduled = slice;
      return () => (scheduled = undefined);
    },
    ...options,
  });
  capture.serve(reader, "path");
  const turn = (): boolean => {
    const slice = scheduled;
    scheduled = undefined;
    slice?.();
    return slice !== undefined;
  };
  const settle = async (): Promise<void> => {
    while (turn() || capture.counters.decodingExchanges > 0) {
      await until(() => scheduled !== undefined || capture.counters.decodingExchanges === 0, "a body to be decoded");
    }
  };
  return { capture, seen: record.seen, turn, settle };
}

const offer = ({ capture }: Bench, ...exchanges: readonly Exchange[]): void => {
  for (const exchange of exchanges) capture.observer.observe(exchange);
};

const expectBalance = ({ capture }: Bench): void => {
  for (const [left, right] of balances(capture.counters)) expect(left).toBe(right);
};

describe("captured exchanges", () => {
  it("reach consumers with both parsed bodies and the facts of the exchange", () => {
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
  ] as const)("leave out %s", (_, over) => {
    const one = bench();
    offer(one, exchangeOf("a", "b", over));
    expect([one.turn(), one.capture.counters.offeredTotal]).toEqual([false, 0]);
  });

  it("begin with a reader and end with the stop", () => {
    const clock = { wallMs: () => 0, monotonicMs: () => 0 };
    const capture = createCapture({ ...sizes, consumers: [], clock });
    capture.observer.observe(exchangeOf("a", "b"));
    expect(capture.counters.offeredTotal).toBe(0);
    const one = bench();
    offer(one, exchangeOf("a", "b"), exchangeOf("a", "b"));
    one.capture.stop();
    offer(one, exchangeOf("a", "b"));
    expect([one.turn(), one.capture.counters.dropped.stopped, one.capture.counters.queuedBytes]).toEqual([false, 2, 0]);
    expectBalance(one);
  });

  it("take the model from the path, or from the body where the path has none or the protocol says so", () => {
    const unnamed = { route: aRoute({ model: "", version: "" }) };
    const one = bench();
    offer(one, exchangeOf("asked", "answered"), exchangeOf("asked", "answered", unnamed));
    offer(one, exchangeOf("unread", "answered", unnamed), exchangeOf("unread", captured(""), unnamed));
    one.turn();
    one.capture.serve(wordReader, "body");
    offer(one, exchangeOf("asked", "answered"), exchangeOf(undefined, " nameless"));
    one.turn();
    expect(one.seen.map(({ model }) => model)).toEqual(["iris", "asked", "answered", "asked", "iris"]);
  });

  it("compute no lazy text that no consumer uses", () => {
    const touched: string[] = [];
    const exchange = new Proxy(exchangeOf("a", "b"), {
      get: (target, key, receiver) => (touched.push(String(key)), Reflect.get(target, key, receiver)),
    });
    const one = bench();
    offer(one, exchange);
    for (const lazy of ["requestId", "traceId", "model"]) expect(touched).not.toContain(lazy);
    const two = bench({ consumers: [{ wantsRequestId: true, count: () => {} }] });
    offer(two, exchange);
    two.turn();
    expect(two.seen.map(({ requestId }) => requestId)).toEqual(["3f1c9a52"]);
  });
});

describe("bodies that cannot be parsed", () => {
  it("are counted by side and reason", async () => {
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
    const { unread, read, dropped } = one.capture.counters;
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

  it("or consumers that throw stop neither the other consumers nor the loop", () => {
    const broken: ContentConsumer = {
      count: () => {
        throw new Error("a consumer that throws");
      },
    };
    const one = bench({ consumers: [broken] });
    offer(one, exchangeOf("throw", "throw"), exchangeOf("a", "b"), exchangeOf("c", "d"));
    one.turn();
    expect([one.seen.length, one.capture.counters.sinkFailuresTotal]).toEqual([2, 2]);
  });

  it("do not fit a full queue: they are dropped and counted, and the queue is processed all the same", () => {
    const one = bench({ queueBytes: 4000 });
    for (let i = 0; i < 10; i++) offer(one, exchangeOf("a".repeat(500), "b".repeat(500)));
    const { dropped, queuedExchanges, queuedBytes } = one.capture.counters;
    expect([dropped.queue_full, queuedExchanges]).toEqual([8, 2]);
    expect(queuedBytes).toBeLessThanOrEqual(4000);
    one.turn();
    expect(one.seen.length).toBe(2);
    expectBalance(one);
  });
});

describe("the decode loop", () => {
  it("yields after a slice, however long the queue is", () => {
    // The clock goes on by 0.2 ms at each reading: one at the start, one after each exchange.
    const one = bench({ stepMs: 0.2, sliceMs: 0.5 });
    for (let i = 0; i < 10; i++) offer(one, exchangeOf("a", "b"));
    const perSlice: number[] = [];
    for (let before = 0; one.turn(); before = one.seen.length) perSlice.push(one.seen.length - before);
    expect(perSlice).toEqual([3, 3, 3, 1]);
    expect(one.turn()).toBe(false);
    expect(one.capture.counters.busyMsTotal).toBeCloseTo(3 * 0.6 + 0.2);
  });

  it("processes at least one exchange in a slice, and at most one past its length", () => {
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

  it("schedules one slice for all exchanges of an event-loop iteration, and none for an empty queue", () => {
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

  it("decodes at most two exchanges in the thread pool at once, and processes the others in order", async () => {
    const one = bench();
    const coded = (name: string): Exchange =>
      exchangeOf(captured(brotliCompressSync(Buffer.from(name)), { contentEncoding: "br" }), name);
    offer(one, coded("a"), exchangeOf("b", "b"), coded("c"), coded("d"), exchangeOf("e", "e"));
    one.turn();
    expect(one.seen.map(({ response }) => response?.model)).toEqual(["b"]);
    expect([one.capture.counters.decodingExchanges, one.capture.counters.queuedExchanges]).toEqual([2, 2]);
    expectBalance(one);
    await one.settle();
    expect(one.seen.map(({ response }) => response?.model).toSorted()).toEqual(["a", "b", "c", "d", "e"]);
    expect(one.capture.counters.read).toEqual({ request: 5, response: 5 });
    expectBalance(one);
  });

  it("decodes in the thread pool from a copy: the queue reuses its own bytes", async () => {
    const one = bench({ queueBytes: 1_000_000, decodedBytes: 1_000_000 });
    // Long enough that the other thread cannot be done before it is written over.
    const words = `a ${randomBytes(200_000).toString("hex")}`;
    offer(one, exchangeOf(captured(gzipSync(words), { contentEncoding: "gzip" }), "a"));
    one.turn();
    offer(one, exchangeOf("x".repeat(300_000), "b"));
    await one.settle();
    expect(one.seen.map(({ request }) => request?.ids[0])).toEqual(expect.arrayContaining([words.slice(2)]));
  });

  it("drops exchanges in the thread pool when it stops", async () => {
    const one = bench();
    offer(one, exchangeOf(captured(brotliCompressSync(Buffer.from("a")), { contentEncoding: "br" }), "a"));
    one.turn();
    one.capture.stop();
    expect(one.capture.counters.dropped.stopped).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    expect([one.turn(), one.seen.length]).toEqual([false, 0]);
    expectBalance(one);
  });

  it("lowers the sample when the work exceeds its share of the processor, and reports the ratio", () => {
    const one = bench({ stepMs: 20, sliceMs: 1, cpuRatio: 0.1 });
    for (let i = 0; i < 200; i++) {
      offer(one, exchangeOf("a", "b"));
      one.turn();
    }
    const { sampleRatio, dropped } = one.capture.counters;
    expect(sampleRatio).toBeLessThan(0.2);
    expect(dropped.not_sampled).toBeGreaterThan(50);
    expectBalance(one);
  });

  it("keeps its counters balanced at every moment, for any input", async () => {
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
          expect(one.capture.counters.queuedBytes).toBeLessThanOrEqual(5000);
        }
        await one.settle();
        expect(one.capture.counters).toMatchObject({ queuedExchanges: 0, decodingExchanges: 0, queuedBytes: 0 });
        expectBalance(one);
      }),
      { numRuns: 60 },
    );
  });
});
