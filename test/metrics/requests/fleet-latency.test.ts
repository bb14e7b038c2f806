import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  latencyCells,
  latencyCounts,
  latencyCountsSince,
  latencyHdrOf,
  latencyQuantileSeconds,
} from "../../../src/metrics/requests/fleet-latency.ts";
import { addLatencies, createLatencyHdr, maxUs, recordLatency } from "../../../src/metrics/requests/latency-hdr.ts";

const aDuration = fc.oneof(fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 0, max: maxUs }));
const durations = fc.array(aDuration, { maxLength: 60 });

const recorded = (values: readonly number[]) => {
  const hdr = createLatencyHdr();
  for (const value of values) recordLatency(hdr, value);
  return hdr;
};

const sum = (left: Float64Array, right: Float64Array): Float64Array =>
  left.map((count, cell) => count + (right[cell] ?? 0));

describe("latency counts of a fleet", () => {
  it("has the shape of hdr-histogram-js's own arrays, the longest duration in the last cell", () => {
    expect(latencyCounts(recorded([maxUs]))[latencyCells - 1]).toBe(1);
    expect(createLatencyHdr().countsArrayLength).toBeGreaterThanOrEqual(latencyCells);
  });

  it("gives the same counts and quantiles whether replicas add up or one process recorded all", () => {
    fc.assert(
      fc.property(durations, durations, fc.double({ min: 0, max: 1, noNaN: true }), (left, right, part) => {
        const merged = latencyHdrOf(sum(latencyCounts(recorded(left)), latencyCounts(recorded(right))))!;
        const whole = recorded([...left, ...right]);
        expect(latencyCounts(merged)).toEqual(latencyCounts(whole));
        expect(merged.totalCount).toBe(whole.totalCount);
        expect(latencyQuantileSeconds(merged, part)).toBe(latencyQuantileSeconds(whole, part));
      }),
    );
  });

  it("gives a window's counts as what came after its start", () => {
    fc.assert(
      fc.property(durations, durations, (before, during) => {
        const hdr = recorded(before);
        const start = latencyCounts(hdr);
        for (const value of during) recordLatency(hdr, value);
        expect(latencyCountsSince(hdr, start)).toEqual(latencyCounts(recorded(during)));
        expect(latencyCountsSince(hdr, undefined)).toEqual(latencyCounts(hdr));
      }),
    );
  });

  it("adds into a histogram that goes on", () => {
    fc.assert(
      fc.property(durations, durations, (left, right) => {
        const target = recorded(left);
        addLatencies(target, latencyHdrOf(latencyCounts(recorded(right)))!);
        expect(latencyCounts(target)).toEqual(latencyCounts(recorded([...left, ...right])));
      }),
    );
  });

  it("knows quantiles to 1/128", () => {
    const hdr = latencyHdrOf(latencyCounts(recorded(Array.from({ length: 1000 }, (_, index) => (index + 1) * 1000))))!;
    for (const part of [0.5, 0.9, 0.99, 1]) {
      const quantile = latencyQuantileSeconds(hdr, part);
      expect(quantile).toBeGreaterThanOrEqual(part);
      expect(quantile).toBeLessThanOrEqual(part * (1 + 1 / 128));
    }
  });

  it("counts nothing below zero after a histogram was begun anew", () => {
    const start = latencyCounts(recorded([5, 5, 7]));
    const since = latencyCountsSince(recorded([5]), start);
    expect(since.every((count) => count === 0)).toBe(true);
  });

  it("has no quantile without values", () => {
    expect(latencyQuantileSeconds(latencyHdrOf(new Float64Array(latencyCells))!, 0.5)).toBeNaN();
  });

  it.each([
    ["another number of cells", new Float64Array(latencyCells - 1)],
    ["no cells", new Float64Array(0)],
    ["a fraction", new Float64Array(latencyCells).fill(0.5, 3, 4)],
    ["a negative count", new Float64Array(latencyCells).fill(-1, 3, 4)],
    ["NaN", new Float64Array(latencyCells).fill(Number.NaN, 3, 4)],
  ])("refuses %s", (_name, counts) => {
    expect(latencyHdrOf(counts)).toBeUndefined();
  });
});
