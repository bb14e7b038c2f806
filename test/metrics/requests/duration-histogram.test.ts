import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { latencyEdgesSeconds, overheadEdgesSeconds } from "../../../src/metrics/catalogue/catalogue.ts";
import { bucketEdges, DurationHistogram } from "../../../src/metrics/requests/duration-histogram.ts";

const edges = bucketEdges(latencyEdgesSeconds);

const observed = (values: readonly number[]) => {
  const histogram = new DurationHistogram(edges, true);
  for (const value of values) histogram.observe(value);
  return histogram;
};

const countUnder = (seconds: number, values: readonly number[]): number | undefined =>
  observed(values).cumulative()[latencyEdgesSeconds.indexOf(seconds)];

describe("duration histogram", () => {
  it.each([0.1, 0.15, 0.2, 0.25, 0.3])(
    "counts exactly %f s under that edge and one microsecond more above it",
    (edge) => {
      const us = Math.round(edge * 1e6);
      expect(countUnder(edge, [us - 1, us])).toBe(2);
      expect(countUnder(edge, [us + 1, us + 300])).toBe(0);
    },
  );

  it("counts as a naive count does, at every edge, for any durations", () => {
    const nearEdge = fc
      .tuple(fc.constantFrom(...edges.microseconds), fc.integer({ min: -2, max: 2 }))
      .map(([edge, off]) => edge + off);
    const anyDuration = fc.oneof(nearEdge, fc.integer({ min: 0, max: 20_000_000_000 }));
    fc.assert(
      fc.property(fc.array(anyDuration, { maxLength: 200 }), (values) => {
        const naive = [...edges.seconds, Infinity].map(
          (edge) => values.filter((us) => us <= Math.round(edge * 1e6)).length,
        );
        const histogram = observed(values);
        expect(histogram.cumulative()).toEqual(naive);
        expect(histogram.sumUs).toBe(values.reduce((sum, us) => sum + us, 0));
        expect(histogram.hdr?.totalCount).toBe(values.length);
      }),
    );
  });

  it("tells durations over ten seconds and over two hours apart", () => {
    const counts = observed([10_000_000, 10_000_001, 60_000_000, 7_200_000_000, 7_200_000_001]).cumulative();
    const at = (seconds: number) => counts[latencyEdgesSeconds.indexOf(seconds)];
    expect([at(10), at(20), at(60), at(7200), counts.at(-1)]).toEqual([1, 2, 3, 4, 5]);
  });

  it("has edges that ascend and are whole microseconds", () => {
    for (const seconds of [latencyEdgesSeconds, overheadEdgesSeconds]) {
      const { microseconds } = bucketEdges(seconds);
      expect([...microseconds]).toEqual([...new Set(microseconds)].toSorted((a, b) => a - b));
      for (const [index, edge] of seconds.entries()) expect(microseconds[index]! / 1e6).toBe(edge);
    }
  });
});
