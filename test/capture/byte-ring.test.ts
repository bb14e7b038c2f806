import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteRing } from "../../src/capture/byte-ring.ts";

interface Piece {
  readonly start: number;
  readonly bytes: Uint8Array;
}

const piece = (length: number, seed: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (seed + i) % 256);

describe("a byte ring", () => {
  it("has room for exactly its size", () => {
    const ring = new ByteRing(10);
    expect([ring.take(6), ring.take(4), ring.take(1), ring.used]).toEqual([0, 6, -1, 10]);
  });

  it("begins anew once it has run empty, so that little of it is touched", () => {
    const ring = new ByteRing(100);
    for (let round = 0; round < 50; round++) {
      expect(ring.take(30)).toBe(0);
      ring.giveBack(30);
    }
    expect(ring.used).toBe(0);
  });

  it("gives no run across its end: the rest is left over and comes back with the piece after it", () => {
    const ring = new ByteRing(10);
    ring.take(4);
    ring.take(4);
    ring.giveBack(4);
    expect([ring.take(3), ring.used]).toEqual([0, 9]);
    expect(ring.take(2), "between the piece at the start and the one that waits is one byte").toBe(-1);
    ring.giveBack(8);
    expect(ring.used).toBe(5);
    ring.giveBack(3);
    expect(ring.used).toBe(0);
  });

  it("keeps every piece as it was written until it is given back, whatever comes and goes", () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 1, max: 40 }) },
      { weight: 2, arbitrary: fc.constant("give back" as const) },
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.array(step, { maxLength: 200 }), (size, steps) => {
        const ring = new ByteRing(size);
        const waiting: Piece[] = [];
        for (const [seed, one] of steps.entries()) {
          if (one === "give back") {
            const first = waiting.shift();
            if (first === undefined) continue;
            const end = first.start + first.bytes.length;
            expect(ring.view(first.start, end)).toEqual(Buffer.from(first.bytes));
            ring.giveBack(end);
          } else {
            const start = ring.take(one);
            if (start === -1) continue;
            const bytes = piece(one, seed);
            ring.write(bytes, start);
            waiting.push({ start, bytes });
          }
          const held = waiting.reduce((sum, { bytes }) => sum + bytes.length, 0);
          expect(ring.used).toBeGreaterThanOrEqual(held);
          expect(ring.used).toBeLessThanOrEqual(size);
          expect(ring.used === 0).toBe(held === 0);
        }
      }),
    );
  });
});
