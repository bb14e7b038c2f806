import { decodeFromCompressedBase64 } from "hdr-histogram-js";
import { describe, expect, it } from "vitest";
import { hdrReport } from "../../src/exposition/hdr-report.ts";
import { RequestMetrics } from "../../src/metrics/requests/request-metrics.ts";
import { anExchange, aRoute } from "../support/an-exchange.ts";

describe("HDR report", () => {
  it("gives each histogram with its labels, readable by HdrHistogram tools", async () => {
    const requests = new RequestMetrics({ model: "iris", version: "1", variant: "stable", maxModels: 10 });
    for (let i = 1; i <= 100; i++) requests.observe(anExchange({ durationMs: i }));
    requests.observe(anExchange({ route: aRoute({ kind: "stream", model: "llm", version: "" }), durationMs: 90_000 }));
    const { histograms, unit } = await hdrReport(requests);
    expect(unit).toBe("microseconds");
    expect(histograms.map(({ metric, labels, count }) => [metric, labels.model, count])).toEqual([
      ["outrider_request_duration_seconds", "iris", 100],
      ["outrider_stream_duration_seconds", "iris", 0],
      ["outrider_stream_duration_seconds", "llm", 1],
    ]);
    const decoded = decodeFromCompressedBase64(histograms[0]!.encoded);
    expect(decoded.totalCount).toBe(100);
    expect(Math.abs(decoded.getValueAtPercentile(95) - 95_000)).toBeLessThan(950);
  });

  it("adds up to the fleet's histogram: merged encodings equal one histogram of all values", async () => {
    const replicas = [0, 1, 2].map((replica) => {
      const requests = new RequestMetrics({ model: "iris", version: "1", variant: "stable", maxModels: 10 });
      for (let i = 0; i < 50; i++) requests.observe(anExchange({ durationMs: 1 + replica * 50 + i }));
      return requests;
    });
    const encoded = await Promise.all(
      replicas.map(async (requests) => (await hdrReport(requests)).histograms[0]!.encoded),
    );
    const [first, ...others] = encoded.map((text) => decodeFromCompressedBase64(text));
    for (const other of others) first!.add(other);
    expect(first!.totalCount).toBe(150);
    expect(Math.abs(first!.getValueAtPercentile(50) - 75_000)).toBeLessThan(1500);
  });
});
