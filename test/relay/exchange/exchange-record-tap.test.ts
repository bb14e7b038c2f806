import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RelayCounters } from "../../../src/metrics/requests/relay-counters.ts";
import { BodyTap, TapBudget } from "../../../src/relay/exchange/exchange-record.ts";

interface Bench {
  readonly counters: RelayCounters;
  readonly taps: readonly BodyTap[];
}

function bench(bodyBytes: number, totalBytes: number, count = 3): Bench {
  const counters = new RelayCounters();
  const budget = new TapBudget({ bodyBytes, totalBytes }, counters);
  return { counters, taps: Array.from({ length: count }, () => new BodyTap(budget)) };
}

const text = (tap: BodyTap): string => Buffer.from(tap.bytes).toString();
const add = (tap: BodyTap, piece: string): void => tap.add(Buffer.from(`<${piece}>`), 1, 1 + piece.length);

describe("a tap", () => {
  it("keeps a body that fits and says that it is all of it", () => {
    const { taps } = bench(10, 100);
    add(taps[0]!, "hello");
    add(taps[0]!, "");
    add(taps[0]!, "world");
    expect([text(taps[0]!), taps[0]!.captured.complete]).toEqual(["helloworld", true]);
  });

  it("keeps the beginning of a body that does not fit and says so", () => {
    const { taps } = bench(7, 100);
    add(taps[0]!, "hello");
    add(taps[0]!, "world");
    add(taps[0]!, "!");
    expect([text(taps[0]!), taps[0]!.captured.complete]).toEqual(["hellowo", false]);
  });

  it("keeps a copy: the buffer it came from is used again", () => {
    const { taps } = bench(10, 100);
    const source = Buffer.from("hello");
    taps[0]!.add(source, 0, 5);
    source.fill("x");
    expect(text(taps[0]!)).toBe("hello");
  });

  it("keeps no more of a body once the total is used up, even when some becomes free again", () => {
    const { taps, counters } = bench(10_000, 10_000);
    add(taps[0]!, "a".repeat(4000));
    add(taps[1]!, "b".repeat(4000));
    add(taps[1]!, "b".repeat(4000));
    const seen = (): unknown[] => [text(taps[1]!), taps[1]!.captured.complete, counters.tapDroppedTotal];
    expect(seen()).toEqual(["b".repeat(4000), false, 1]);
    taps[0]!.release();
    add(taps[1]!, "c");
    expect(seen()).toEqual(["b".repeat(4000), false, 1]);
  });

  it("uses memory again that another has given back, and shows nothing of what was in it", () => {
    const { taps, counters } = bench(10_000, 10_000);
    add(taps[0]!, "secret");
    const { buffer } = taps[0]!.bytes;
    taps[0]!.release();
    expect(counters.tapBytesHeld).toBe(0);
    add(taps[1]!, "b");
    expect([taps[1]!.bytes.buffer === buffer, text(taps[1]!), text(taps[0]!)]).toEqual([true, "b", ""]);
    add(taps[1]!, "b".repeat(5000));
    expect([text(taps[1]!), counters.tapBytesHeld]).toEqual(["b".repeat(5001), 8192]);
  });

  it("is as new after a release", () => {
    const { taps, counters } = bench(4, 4);
    add(taps[0]!, "aaaaa");
    add(taps[1]!, "b");
    taps[0]!.release();
    taps[1]!.release();
    add(taps[1]!, "cccc");
    expect([text(taps[1]!), taps[1]!.captured.complete, counters.tapBytesHeld]).toEqual(["cccc", true, 4]);
  });

  it("never holds more than the total, and the sum held is what the counter says", () => {
    const aPiece = fc.oneof(
      fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 30 }),
      fc.nat(6000).map((length) => "c".repeat(length)),
    );
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({ tap: fc.nat(2), piece: aPiece }),
      },
      { weight: 1, arbitrary: fc.record({ tap: fc.nat(2), piece: fc.constant(undefined) }) },
    );
    const sizes = fc.record({
      bodyBytes: fc.oneof(fc.integer({ min: 0, max: 64 }), fc.constantFrom(4096, 5000, 20_000)),
      totalBytes: fc.oneof(fc.integer({ min: 0, max: 128 }), fc.integer({ min: 4096, max: 30_000 })),
    });
    fc.assert(
      fc.property(sizes, fc.array(step, { maxLength: 40 }), ({ bodyBytes, totalBytes }, steps) => {
        const { taps, counters } = bench(bodyBytes, totalBytes);
        const bodies = ["", "", ""];
        for (const { tap, piece } of steps) {
          if (piece === undefined) taps[tap]!.release();
          else add(taps[tap]!, piece);
          bodies[tap] = piece === undefined ? "" : bodies[tap]! + piece;
          const kept = taps.reduce((sum, one) => sum + one.bytes.length, 0);
          expect(counters.tapBytesHeld).toBeLessThanOrEqual(totalBytes);
          expect(counters.tapBytesHeld).toBeGreaterThanOrEqual(kept);
        }
        for (const [i, tap] of taps.entries()) {
          expect(tap.bytes.length).toBeLessThanOrEqual(bodyBytes);
          expect(bodies[i]!.startsWith(text(tap))).toBe(true);
          expect(tap.captured.complete).toBe(text(tap) === bodies[i]);
          const { tapBytesHeld } = counters;
          const { length } = tap.bytes;
          tap.release();
          expect(tapBytesHeld - counters.tapBytesHeld).toBeGreaterThanOrEqual(length);
        }
        expect(counters.tapBytesHeld).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});
