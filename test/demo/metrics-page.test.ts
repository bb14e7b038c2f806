import { describe, expect, it } from "vitest";

import { readMetricsPage, sumOf, sumsBy } from "../../demo/metrics-page.ts";
import { readReadiness, readSidecarPage } from "../../demo/sidecar-reading.ts";

const page = `# HELP outrider_requests_total Finished requests.
# TYPE outrider_requests_total counter
outrider_requests_total{model="a",outcome="ok",status="200"} 7
outrider_requests_total{model="b",outcome="ok",status="200"} 3
outrider_requests_total{model="a",outcome="denied",status="403"} 2
outrider_requests_per_second 98.5
outrider_latency_p50_seconds 0.008
outrider_latency_p95_seconds 0.02
outrider_latency_p99_seconds 3e-2
outrider_requests_in_flight 0
outrider_reading_dropped_total{reason="not_sampled"} 3
outrider_reading_dropped_total{reason="queue_full"} 1
outrider_overhead_seconds_bucket{le="+Inf"} 10
outrider_overhead_seconds_sum 0.002
outrider_overhead_seconds_count 10
odd_total{text="a \\"quoted\\" } back\\\\slash\\nand more"} +Inf 1700000000000
`;

describe("readMetricsPage", () => {
  it("reads values, labels with escapes, and infinities, and passes over comments", () => {
    const samples = readMetricsPage(page);
    expect(samples).toHaveLength(14);
    expect(samples.at(-1)).toEqual({
      name: "odd_total",
      labels: { text: 'a "quoted" } back\\slash\nand more' },
      value: Infinity,
    });
  });

  it("sums a metric over the labels that are not asked for", () => {
    const samples = readMetricsPage(page);
    expect(sumOf(samples, "outrider_requests_total")).toBe(12);
    expect(sumOf(samples, "outrider_requests_total", { model: "a", outcome: "ok" })).toBe(7);
    expect(sumOf(samples, "outrider_requests")).toBeUndefined();
    expect(sumsBy(samples, "outrider_requests_total", "outcome")).toEqual({ ok: 10, denied: 2 });
  });
});

describe("readReadiness", () => {
  it("gives the reason, or the whole answer when there is none", () => {
    expect(readReadiness('{ "ready": false, "reason": "connection refused" }')).toBe("connection refused");
    expect(readReadiness("busy\n")).toBe("busy");
    expect(readReadiness("null")).toBe("null");
  });
});

describe("readSidecarPage", () => {
  it("finds every figure that the display shows", () => {
    expect(readSidecarPage(page)).toEqual({
      requestsPerSecond: 98.5,
      p50Seconds: 0.008,
      p95Seconds: 0.02,
      p99Seconds: 0.03,
      overheadSeconds: 0.0002,
      inFlight: 0,
      unread: 4,
      outcomes: { ok: 10, denied: 2 },
    });
  });

  it("leaves figures out that are not there", () => {
    expect(readSidecarPage("")).toEqual({ unread: 0, outcomes: {} });
  });
});
