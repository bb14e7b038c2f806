import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { FrequentValues } from "../../src/sketch/frequent-values.ts";
import { Reservoir } from "../../src/sketch/reservoir.ts";
import { seededRandom } from "../../src/sketch/seeded-random.ts";

describe("FrequentValues", () => {
  it("counts exactly while the values fit", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string({ maxLength: 3 }), fc.integer({ max: 5 }), fc.boolean(), fc.bigInt({ max: 3n }))),
        (values) => {
          const counts = new FrequentValues(1e6);
          const exact = new Map<unknown, number>();
          for (const value of values) {
            counts.add(value, 2);
            exact.set(value, (exact.get(value) ?? 0) + 2);
          }
          expect(new Map(counts.entries())).toEqual(exact);
          expect(counts).toMatchObject({ isExact: true, error: 0, distinct: exact.size });
        },
      ),
    );
  });

  it("keeps every frequent value, never too high and never too low by more than its error", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = seededRandom(seed);
        const counts = new FrequentValues(10_000);
        const exact = new Map<string, number>();
        for (let row = 0; row < 5000; row++) {
          const value = random() < 0.3 ? `often ${Math.floor(random() * 5)}` : `rare ${Math.floor(random() * 1e6)}`;
          counts.add(value, 1);
          exact.set(value, (exact.get(value) ?? 0) + 1);
        }
        expect(counts.isExact).toBe(false);
        expect(counts.error).toBeLessThan(5000 * 0.04);
        const kept = new Map(counts.entries());
        expect(kept.size).toBeLessThan(100);
        for (const [value, count] of kept) {
          expect(count).toBeLessThanOrEqual(exact.get(value as string)!);
          expect(count).toBeGreaterThanOrEqual(exact.get(value as string)! - counts.error);
        }
        for (const [value, count] of exact) if (count > counts.error) expect(kept.has(value)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it("stays within its memory whatever the length of the texts", () => {
    const counts = new FrequentValues(10_000);
    for (let row = 0; row < 1000; row++) counts.add(`${row}${"x".repeat(250)}`, 1);
    expect([...counts.entries()].length).toBeLessThan(20);
  });
});

describe("Reservoir", () => {
  it("keeps everything in order while it fits", () => {
    const reservoir = new Reservoir(100, true, () => 0);
    for (let value = 0; value < 100; value++) reservoir.add(value, value + 1);
    expect(reservoir.isFilled(1)).toBe(true);
    const { values, weights } = reservoir.sample();
    expect([...values]).toEqual(Array.from({ length: 100 }, (_, index) => index));
    expect([...(weights ?? [])]).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
  });

  it("keeps early and late values with the same chance", () => {
    const random = seededRandom(7);
    const kept = new Float64Array(10);
    for (let run = 0; run < 2000; run++) {
      const reservoir = new Reservoir(100, false, random);
      for (let value = 0; value < 1000; value++) reservoir.add(value, 1);
      for (const value of reservoir.sample().values) kept[Math.floor(value / 100)]!++;
      expect(reservoir.sample().values).toHaveLength(100);
      expect(reservoir.isFilled(1)).toBe(true);
    }
    // 20,000 values a tenth, standard deviation about 140.
    for (const count of kept) expect(Math.abs(count - 20_000)).toBeLessThan(700);
  });
});
