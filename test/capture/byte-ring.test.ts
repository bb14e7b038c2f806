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
    expect([ring.reserve(6), ring.reserve(4), ring.reserve(1), ring.used]).toEqual([0, 6, -1, 10]);
  });

  it("starts over when it is empty, so that little of it becomes resident", () => {
    const ring = new ByteRing(100);
    for (let round = 0; round < 50; round++) {
      expect(ring.reserve(30)).toBe(0);
      ring.release(30);
    }
    expect(ring.used).toBe(0);
  });

  it("reserves no range across its end: the rest is skipped and released with the next piece", () => {
    const ring = new ByteRing(10);
    ring.reserve(4);
    ring.reserve(4);
    ring.release(4);
    expect([ring.reserve(3), ring.used]).toEqual([0, 9]);
    expect(ring.reserve(2), "between the piece at the start and the one that waits is one byte").toBe(-1);
    ring.release(8);
    expect(ring.used).toBe(5);
    ring.release(3);
    expect(ring.used).toBe(0);
  });

  it("keeps every piece intact until it is released, for any sequence", () => {
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
            ring.release(end);
          } else {
            const start = ring.reserve(one);
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
