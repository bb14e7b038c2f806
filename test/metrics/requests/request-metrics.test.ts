import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Exchange, RouteKind } from "../../../src/exchange.ts";
import { latencyEdgesSeconds } from "../../../src/metrics/catalogue/catalogue.ts";
import { RequestMetrics } from "../../../src/metrics/requests/request-metrics.ts";
import { outcomes, type Outcome } from "../../../src/outcome.ts";
import { anExchange, aRoute } from "../../support/an-exchange.ts";

const now = 1_700_000_000_000;

const metricsOf = (exchanges: readonly Exchange[], over: Partial<{ maxModels: number; model: string }> = {}) => {
  const metrics = new RequestMetrics({ model: "iris", version: "1", variant: "stable", maxModels: 100, ...over });
  for (const exchange of exchanges) metrics.observe(exchange);
  return metrics;
};

const requests = (metrics: RequestMetrics): Readonly<Record<string, number>> =>
  Object.fromEntries(
    metrics.labelSets.flatMap((set) =>
      set.requests
        .read(false)
        .map(({ outcome, status, count }) => [`${set.model}/${set.version} ${outcome} ${status}`, count]),
    ),
  );

const durations = (metrics: RequestMetrics): number =>
  metrics.labelSets.reduce((sum, set) => sum + (set.duration?.cumulative().at(-1) ?? 0), 0);

const forModel = (model: string, over: Partial<Exchange> = {}) => anExchange({ route: aRoute({ model }), ...over });

describe("request metrics", () => {
  it("counts a request once under its model, version, outcome and exact status", () => {
    const metrics = metricsOf([anExchange(), anExchange(), anExchange({ outcome: "client_error", status: 422 })]);
    expect(requests(metrics)).toEqual({ "iris/1 ok 200": 2, "iris/1 client_error 422": 1 });
  });

  it("has the configured model's series at 0 before the first request", () => {
    const { configured } = metricsOf([]);
    expect(configured.requests.read(true).map(({ outcome }) => outcome)).toEqual(expect.arrayContaining([...outcomes]));
    for (const name of ["duration", "firstByte", "upstream", "stream"] as const) {
      expect(configured[name]?.cumulative().at(-1)).toBe(0);
    }
  });

  it.each<[string, Partial<Exchange>, number]>([
    ["an answer", {}, 1],
    ["a client error of the model server", { outcome: "client_error", status: 400 }, 1],
    ["a server error of the model server", { outcome: "upstream_error", status: 500 }, 1],
    ["a time-out of the model server", { outcome: "timeout", status: 504, errorCode: "first_byte_timeout" }, 1],
    ["a path that a generic rule let through", { route: aRoute({ kind: "other" }) }, 1],
    ["a client that gave up waiting for the model server", { outcome: "client_abort", status: 0 }, 1],
    ["a client that left before the model server was asked", { outcome: "client_abort", status: 0, upstreamMs: 0 }, 0],
    ["a slow client", { outcome: "timeout", status: 408, errorCode: "body_timeout" }, 0],
    ["a shed request", { outcome: "shed", status: 429, errorCode: "concurrency_exceeded" }, 0],
    ["a denied request", { outcome: "denied", status: 403, errorCode: "route_denied" }, 0],
    ["a malformed request", { outcome: "bad_request", status: 400, errorCode: "host_missing" }, 0],
    ["an unreachable model server", { outcome: "upstream_reset", status: 502, errorCode: "upstream_unreachable" }, 0],
    ["a stream", { isStreaming: true }, 0],
    ["a stream path", { route: aRoute({ kind: "stream" }) }, 0],
    ["a health probe", { route: aRoute({ kind: "health" }) }, 0],
    ["a metadata request", { route: aRoute({ kind: "metadata" }) }, 0],
  ])("for the latency objective, %s counts as it should", (_, over, expected) => {
    const metrics = metricsOf([anExchange(over)]);
    expect(durations(metrics)).toBe(expected);
    expect(metrics.recent(now + 100).p50Seconds > 0).toBe(expected === 1);
  });

  it.each<[RouteKind, number]>([
    ["inference", 1],
    ["stream", 1],
    ["other", 1],
    ["health", 0],
    ["metadata", 0],
  ])("takes an arrival on a path of kind %s for demand as it should", (kind, expected) => {
    const metrics = metricsOf([]);
    metrics.begin(aRoute({ kind }), now);
    expect(metrics.recent(now + 100).requestsPerSecond).toBeCloseTo(expected / 5);
  });

  it("counts demand when it comes, while the model server hangs, and not again at its end", () => {
    const metrics = metricsOf([]);
    for (let i = 0; i < 50; i++) metrics.begin(aRoute(), now + i * 100);
    expect(metrics.recent(now + 5000).requestsPerSecond).toBeCloseTo(10, 0);
    for (let i = 0; i < 50; i++) metrics.observe(anExchange({ outcome: "timeout", status: 504, durationMs: 60_000 }));
    expect(metrics.recent(now + 60_100).requestsPerSecond).toBe(0);
    expect(metrics.recent(now + 60_100).p99Seconds).toBeGreaterThan(59);
  });

  it("keeps health and metadata requests apart", () => {
    const metrics = metricsOf([
      anExchange({ route: aRoute({ kind: "health" }), outcome: "upstream_error", status: 500 }),
    ]);
    expect(metrics.auxiliaryCount("health", "upstream_error")).toBe(1);
    expect(metrics.auxiliaryCount("metadata", "upstream_error")).toBe(0);
    expect(requests(metrics)).toEqual({});
  });

  it("charges denied and malformed requests to no model", () => {
    const metrics = metricsOf([
      forModel("secret", { outcome: "denied", status: 403, errorCode: "route_denied" }),
      forModel("", { outcome: "bad_request", status: 400, errorCode: "chunk_malformed" }),
    ]);
    expect(requests(metrics)).toEqual({ "__unmatched__/ denied 403": 1, "__unmatched__/ bad_request 400": 1 });
    expect(metrics.errorCount("route_denied")).toBe(1);
    expect(metrics.errorCount("body_too_large")).toBe(0);
  });

  it("gives no series to names that the model server never answered for", () => {
    const invented = Array.from({ length: 500 }, (_, i) => forModel(`m${i}`, { outcome: "client_error", status: 404 }));
    const metrics = metricsOf([
      ...invented,
      forModel("real"),
      forModel("real", { outcome: "client_error", status: 404 }),
    ]);
    expect(requests(metrics)).toEqual({
      "__other__/ client_error 404": 500,
      "real/1 ok 200": 1,
      "real/1 client_error 404": 1,
    });
    expect(metrics.collapsed).toEqual({ max_models: 0, unknown_model: 500 });
  });

  it("collapses models past the cap, counts them, and loses no request", () => {
    const exchanges = Array.from({ length: 50 }, (_, i) => forModel(`m${i % 25}`));
    const metrics = metricsOf(exchanges, { maxModels: 10 });
    expect(requests(metrics)["__other__/ ok 200"]).toBe(30);
    expect(metrics.collapsed.max_models).toBe(30);
    expect(Object.values(requests(metrics)).reduce((sum, count) => sum + count, 0)).toBe(50);
  });

  it("counts versions against the cap as it does models, and refuses names that are too long", () => {
    const versions = Array.from({ length: 20 }, (_, i) => anExchange({ route: aRoute({ version: `v${i}` }) }));
    const metrics = metricsOf([...versions, forModel("x".repeat(300))], { maxModels: 10 });
    expect(metrics.collapsed.max_models).toBe(11);
  });

  it("names requests without a model, and follows the model that the bodies name", () => {
    const route = aRoute({ model: "", version: "" });
    const metrics = metricsOf([anExchange({ route }), anExchange({ route, model: "gpt" }), anExchange({ route })], {
      model: "",
    });
    expect(requests(metrics)).toEqual({ "__unnamed__/ ok 200": 2, "gpt/ ok 200": 1 });
  });

  it("collapses statuses past their cap and keeps their outcome", () => {
    const statuses = Array.from({ length: 300 }, (_, i) => anExchange({ status: 200 + i }));
    const metrics = metricsOf([...statuses, anExchange({ status: 5000 }), anExchange({ status: -3 })]);
    const counted = requests(metrics);
    expect(metrics.collapsedStatuses).toBeGreaterThan(100);
    expect(counted["iris/1 ok __other__"]).toBe(metrics.collapsedStatuses);
    expect(Object.values(counted).reduce((sum, count) => sum + count, 0)).toBe(302);
  });

  it("tells what the model server took from what Outrider added and from waiting", () => {
    const metrics = metricsOf([anExchange({ durationMs: 100, upstreamMs: 60, queueMs: 39 })]);
    expect([metrics.configured.upstream?.sumUs, metrics.queue.sumUs, metrics.overhead.sumUs]).toEqual([
      60_000, 39_000, 1000,
    ]);
  });

  it("counts every exchange exactly once, whatever came, in totals and in buckets", () => {
    const anyExchange = fc
      .record({
        outcome: fc.constantFrom<Outcome>(...outcomes),
        status: fc.integer({ min: 0, max: 999 }),
        model: fc.constantFrom("a", "b", "c", ""),
        variant: fc.constantFrom("stable", "canary", ""),
        durationMs: fc.double({ min: 0, max: 1e7, noNaN: true }),
        isStreaming: fc.boolean(),
      })
      .map((over) => anExchange({ ...over, route: aRoute({ model: over.model }) }));
    fc.assert(
      fc.property(fc.array(anyExchange, { maxLength: 100 }), (exchanges) => {
        const metrics = metricsOf(exchanges, { maxModels: 2 });
        const total = metrics.labelSets
          .flatMap((set) => set.requests.read(true))
          .reduce((sum, { count }) => sum + count, 0);
        expect(total).toBe(exchanges.length);
        const under = metrics.labelSets.reduce((sum, set) => sum + (set.duration?.cumulative()[10] ?? 0), 0);
        const isCounted = ({ outcome, status, isStreaming }: Exchange) =>
          !isStreaming &&
          (["ok", "client_error", "upstream_error", "client_abort"].includes(outcome) ||
            (outcome === "timeout" && status !== 408));
        const naive = exchanges.filter((one) => isCounted(one) && Math.round(one.durationMs * 1000) <= 200_000);
        expect(latencyEdgesSeconds[10]).toBe(0.2);
        expect(under).toBe(naive.length);
      }),
    );
  });
});
