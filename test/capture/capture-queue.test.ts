import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Exchange } from "../../src/exchange.ts";
import { CaptureCounters } from "../../src/metrics/predictions/capture-counters.ts";
import { CaptureQueue, type CapturePlan } from "../../src/capture/capture-queue.ts";
import { captured, exchangeOf } from "./captured.ts";

const newQueue = (maxBytes: number): { readonly queue: CaptureQueue; readonly counters: CaptureCounters } => {
  const counters = new CaptureCounters();
  return { queue: new CaptureQueue(maxBytes, counters), counters };
};

/** The bodies of the oldest exchange, as text. */
function first(queue: CaptureQueue): readonly [string, string] | undefined {
  const waiting = queue.first;
  if (waiting === undefined) return undefined;
  const text = (body: typeof waiting.request): string => Buffer.from(queue.bytesOf(body)).toString();
  return [text(waiting.request), text(waiting.response)];
}

const counted = (requestId = ""): CapturePlan => ({ isCounted: true, isAnswered: true, requestId, draft: undefined });

describe("the queue", () => {
  it("copies bodies and the facts needed to parse them", () => {
    const { queue } = newQueue(10_000);
    const request = captured("abc", { contentType: "text/csv", contentEncoding: "gzip" });
    const exchange = exchangeOf(request, "{}", {
      target: "/x?y",
      labelId: "order-1",
      startedAtMs: 1000,
      durationMs: 5,
    });
    expect(queue.add(exchange, counted("id-1"))).toBe(true);
    request.bytes.fill(0);
    expect(first(queue)).toEqual(["abc", "{}"]);
    expect(queue.first).toMatchObject({
      target: "/x?y",
      plan: { requestId: "id-1" },
      labelId: "order-1",
      atMs: 1005,
      variant: "stable",
      routeModel: "iris",
      routeVersion: "1",
      request: { contentType: "text/csv", contentEncoding: "gzip", isComplete: true },
    });
  });

  it("holds no bytes of a truncated body, and marks it as truncated", () => {
    const { queue } = newQueue(10_000);
    queue.add(exchangeOf(captured("abc", { complete: false }), "{}"), counted());
    expect(first(queue)).toEqual(["", "{}"]);
    expect([queue.first?.request.isComplete, queue.first?.response.isComplete]).toEqual([false, true]);
  });

  it("counts texts whose length clients choose against its bound", () => {
    const { queue, counters } = newQueue(2000);
    expect(queue.add(exchangeOf("a", undefined, { target: `/${"x".repeat(2000)}` }), counted())).toBe(false);
    expect(queue.add(exchangeOf(captured("a", { contentType: "x".repeat(2000) }), undefined), counted())).toBe(false);
    expect(queue.add(exchangeOf("a", undefined), counted("x".repeat(2000)))).toBe(false);
    expect(queue.add(exchangeOf("a", undefined), counted())).toBe(true);
    queue.removeFirst();
    expect([counters.queuedBytes, counters.queuedExchanges, queue.first]).toEqual([0, 0, undefined]);
  });

  it("never exceeds its bound and returns exchanges in order, for any sequence", () => {
    const length = fc.integer({ min: 0, max: 700 });
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.tuple(length, length) },
      { weight: 2, arbitrary: fc.constant(undefined) },
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4000 }), fc.array(step, { maxLength: 120 }), (maxBytes, steps) => {
        const { queue, counters } = newQueue(maxBytes);
        const waiting: (readonly [string, string])[] = [];
        for (const [number, lengths] of steps.entries()) {
          if (lengths === undefined) {
            expect(first(queue)).toEqual(waiting.shift());
            queue.removeFirst();
          } else {
            const bodies = lengths.map((size) => String(number % 10).repeat(size)) as [string, string];
            if (queue.add(exchangeOf(...bodies) satisfies Exchange, counted())) waiting.push(bodies);
          }
          expect(counters.queuedBytes).toBeLessThanOrEqual(maxBytes);
          expect(counters.queuedExchanges).toBe(waiting.length);
        }
      }),
    );
  });
});
