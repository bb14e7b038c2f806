import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addLatencies,
  cellOf,
  createLatencyHdr,
  createShortLatencyHdr,
  maxUs,
  lowestOf,
  recordLatency,
  wholeMicroseconds,
} from "../../../src/metrics/requests/latency-hdr.ts";

const aDuration = fc.oneof(fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 0, max: maxUs }));

const recorded = (values: readonly number[]) => {
  const hdr = createLatencyHdr();
  for (const value of values) recordLatency(hdr, value);
  return hdr;
};

describe("latency histograms", () => {
  it("finds the cell that hdr-histogram-js itself finds", () => {
    const hdr = createLatencyHdr();
    const doublings = Array.from({ length: 33 }, (_, power) => 2 ** power);
    for (const edge of doublings.flatMap((value) => [value - 1, value, value + 1])) {
      expect(cellOf(edge), `at ${edge}`).toBe(hdr.countsArrayIndex(edge));
    }
    fc.assert(
      fc.property(aDuration, (us) => cellOf(us) === hdr.countsArrayIndex(us)),
      { numRuns: 2000 },
    );
  });

  it("knows the lowest value of each cell", () => {
    for (let cell = 0; cell <= cellOf(maxUs); cell++) {
      expect(cellOf(lowestOf(cell))).toBe(cell);
      if (cell > 0) expect(cellOf(lowestOf(cell) - 1)).toBe(cell - 1);
    }
  });

  it("gives quantiles that are never below the true one and at most 1/128 above it", () => {
    fc.assert(
      fc.property(
        fc.array(aDuration, { minLength: 1, maxLength: 300 }),
        fc.constantFrom(1, 25, 50, 90, 95, 99, 100),
        (values, percentile) => {
          const sorted = values.toSorted((a, b) => a - b);
          const truth = sorted[Math.max(0, Math.ceil((percentile / 100) * values.length) - 1)]!;
          const answer = recorded(values).getValueAtPercentile(percentile);
          expect(answer).toBeGreaterThanOrEqual(truth);
          expect(answer).toBeLessThanOrEqual(truth + truth / 128);
        },
      ),
    );
  });

  it("gives quantiles that grow with the percentile", () => {
    fc.assert(
      fc.property(fc.array(aDuration, { minLength: 1, maxLength: 100 }), (values) => {
        const hdr = recorded(values);
        const answers = [1, 10, 50, 75, 95, 99, 99.9, 100].map((percentile) => hdr.getValueAtPercentile(percentile));
        expect(answers).toEqual(answers.toSorted((a, b) => a - b));
      }),
    );
  });

  it("merges into what recording everything in one would have given", () => {
    const cells = (hdr: ReturnType<typeof createLatencyHdr>) =>
      Array.from({ length: hdr.countsArrayLength }, (_, index) => hdr.getCountAtIndex(index));
    fc.assert(
      fc.property(fc.array(aDuration), fc.array(aDuration), (left, right) => {
        const merged = recorded(left);
        addLatencies(merged, recorded(right));
        const whole = recorded([...left, ...right]);
        expect(cells(merged)).toEqual(cells(whole));
        expect([merged.totalCount, merged.maxValue]).toEqual([whole.totalCount, whole.maxValue]);
      }),
      { numRuns: 30 },
    );
  });

  it("records what is longer than two hours as two hours instead of failing", () => {
    const hdr = recorded([maxUs * 10, Number.MAX_SAFE_INTEGER]);
    expect(hdr.totalCount).toBe(2);
    expect(hdr.maxValue).toBe(maxUs);
  });

  it("takes 28 KB for life and 14 KB for seconds", () => {
    expect(createLatencyHdr().estimatedFootprintInBytes).toBeLessThan(30_000);
    expect(createShortLatencyHdr().estimatedFootprintInBytes).toBeLessThan(16_000);
  });

  it("reads a clock that misbehaved as 0", () => {
    expect([Number.NaN, -1, -0, 0].map(wholeMicroseconds)).toEqual([0, 0, 0, 0]);
    expect([0.0004, 0.0005, 200.0000000003].map(wholeMicroseconds)).toEqual([0, 1, 200_000]);
  });
});
