import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import type { Clock } from "../../src/clock.ts";
import { createExposition } from "../../src/exposition/exposition.ts";
import type { SampleSource } from "../../src/metrics/sample.ts";
import type { ExpositionSources } from "../../src/exposition/sources.ts";
import { errorCodes, metricCatalogue, type AlwaysPresentMetric } from "../../src/metrics/catalogue/catalogue.ts";
import { relayRows } from "../../src/metrics/catalogue/relay-catalogue.ts";
import { requestRows } from "../../src/metrics/catalogue/request-catalogue.ts";
import { RelayCounters } from "../../src/metrics/requests/relay-counters.ts";
import { RequestMetrics } from "../../src/metrics/requests/request-metrics.ts";
import { anExchange, aRoute } from "../support/an-exchange.ts";

const now = 1_700_000_000_000;
const clock: Clock = { wallMs: () => now, monotonicMs: () => 0 };

const aRequestMetrics = (): RequestMetrics =>
  new RequestMetrics({ model: "iris", version: "1", variant: "stable", maxModels: 100 });

const someSources = (over: Partial<ExpositionSources> = {}): ExpositionSources => ({
  requests: aRequestMetrics(),
  relay: new RelayCounters(),
  upstream: () => ({ isUp: true, isReady: false }),
  configReloads: () => ({ succeeded: 2, failed: 1, isLastGood: false, loadedAtMs: now }),
  logLinesDropped: () => 0,
  build: { version: "0.1.0", revision: "abc" },
  model: { name: "iris", version: "1", digest: "sha256:0" },
  clock,
  groups: [],
  ...over,
});

/** The sample lines of a page by name and labels, the labels in alphabetical order. */
function samplesOf(text: string): ReadonlyMap<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))) {
    const { name, labels, value } = /^(?<name>\w+)(?:\{(?<labels>.*)\})? (?<value>\S+)$/.exec(line)!.groups!;
    const sorted = (labels ?? "").match(/\w+="(?:[^"\\]|\\.)*"/g)?.toSorted() ?? [];
    const key = `${name}{${sorted.join(",")}}`;
    expect(samples.has(key), `${key} stands once`).toBe(false);
    samples.set(key, Number(value));
  }
  return samples;
}

/** Metrics with about 10,000 series: a hundred models with three histograms of 33 series each. */
function manyModels(): RequestMetrics {
  const requests = aRequestMetrics();
  for (let i = 0; i < 100; i++) requests.observe(anExchange({ route: aRoute({ model: `model-number-${i}` }) }));
  return requests;
}

describe("exposition", () => {
  it("has every metric of the relay with its help and type, and the process metrics, from the start", async () => {
    const text = await createExposition(someSources()).text();
    const samples = [...samplesOf(text).keys()];
    for (const name of Object.keys({ ...requestRows, ...relayRows }) as AlwaysPresentMetric[]) {
      const { type, help } = metricCatalogue[name];
      expect(text).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`);
      expect(
        samples.some((sample) => sample.startsWith(type === "histogram" ? `${name}_count{` : `${name}{`)),
        name,
      ).toBe(true);
    }
    for (const name of processMetricNames) expect(text).toContain(`# TYPE ${name} `);
  });

  it("shows every error code and the gauges of an autoscaler at 0 before the first request", async () => {
    const samples = samplesOf(await createExposition(someSources()).text());
    for (const code of errorCodes) expect(samples.get(`outrider_errors_total{code="${code}"}`)).toBe(0);
    for (const name of ["requests_per_second", "latency_p50_seconds", "latency_p95_seconds", "latency_p99_seconds"]) {
      expect(samples.get(`outrider_${name}{}`), name).toBe(0);
    }
  });

  it("shows what was counted", async () => {
    const sources = someSources();
    for (const durationMs of [200, 200.3, 15_000])
      sources.requests.observe(anExchange({ durationMs, startedAtMs: now - 100 }));
    for (let i = 0; i < 3; i++) sources.requests.begin(aRoute(), now - 100);
    Object.assign(sources.relay, { inFlight: 3, retriesTotal: 4 });
    const samples = samplesOf(await createExposition(sources).text());
    const labels = 'model="iris",outcome="ok",status="200",variant="stable",version="1"';
    const under = (le: string) =>
      samples.get(`outrider_request_duration_seconds_bucket{le="${le}",model="iris",variant="stable",version="1"}`);
    expect(samples.get(`outrider_requests_total{${labels}}`)).toBe(3);
    expect([under("0.15"), under("0.2"), under("0.25"), under("10"), under("20"), under("+Inf")]).toEqual([
      0, 1, 2, 2, 3, 3,
    ]);
    expect(samples.get('outrider_request_duration_seconds_sum{model="iris",variant="stable",version="1"}')).toBe(
      15.4003,
    );
    expect(samples.get("outrider_requests_in_flight{}")).toBe(3);
    expect(samples.get("outrider_retries_total{}")).toBe(4);
    expect(samples.get("outrider_upstream_up{}")).toBe(1);
    expect(samples.get("outrider_upstream_ready{}")).toBe(0);
    expect(samples.get('outrider_config_reloads_total{result="failure"}')).toBe(1);
    expect(samples.get("outrider_requests_per_second{}")).toBeCloseTo(0.6);
  });

  it("shows the processor time that the process has taken since its start, as counters", async () => {
    const spent = (): number => process.cpuUsage().user / 1e6;
    const before = spent();
    const text = await createExposition(someSources()).text();
    const samples = samplesOf(text);
    const [user, system] = ["user", "system"].map((mode) => samples.get(`process_cpu_${mode}_seconds_total{}`)!);
    expect(user).toBeGreaterThanOrEqual(before);
    expect(user).toBeLessThanOrEqual(spent());
    expect(text).toContain("# TYPE process_cpu_seconds_total counter\n");
    expect(samples.get("process_cpu_seconds_total{}")).toBeGreaterThanOrEqual(user! + system!);
  });

  it("escapes names that would break a line", async () => {
    const sources = someSources();
    sources.requests.observe(anExchange({ route: aRoute({ model: 'a"b\\c\nd' }) }));
    const text = await createExposition(sources).text();
    expect(text).toContain('model="a\\"b\\\\c\\nd"');
    samplesOf(text);
  });

  it("is clean in the eyes of promtool", async () => {
    const promtool = spawnSync("promtool", ["--version"]);
    if (promtool.error !== undefined && process.env["CI"] !== "true") {
      console.warn("SKIPPED: promtool is not installed (Debian package `prometheus`)");
      return;
    }
    const page = await createExposition(someSources({ requests: manyModels() })).text();
    const check = spawnSync("promtool", ["check", "metrics"], { input: page, encoding: "utf8" });
    expect(`${check.stdout}${check.stderr}`).toBe("");
    expect(check.status).toBe(0);
    const wrong = spawnSync("promtool", ["check", "metrics"], { input: "# TYPE a_total gauge\na_total 1\n" });
    expect(wrong.status, "promtool finds mistakes").not.toBe(0);
  });

  it("renders what others count anew when its version changes, and for every scrape when it has none", async () => {
    let [version, score, queued, asked] = [1, 0.25, 10, 0];
    const drift: SampleSource = {
      version: () => version,
      families: () => {
        asked++;
        return { outrider_drift_score: [{ labels: { feature: "age" }, value: score }] };
      },
    };
    const reading: SampleSource = {
      families: () => ({ outrider_reading_queue_bytes: [{ value: queued }], outrider_bodies_read_total: [] }),
    };
    const exposition = createExposition(someSources({ groups: [drift, reading] }));
    const seen = async (): Promise<readonly (number | undefined)[]> => {
      const samples = samplesOf(await exposition.text());
      return [samples.get('outrider_drift_score{feature="age"}'), samples.get("outrider_reading_queue_bytes{}"), asked];
    };
    expect(await seen()).toEqual([0.25, 10, 1]);
    [score, queued] = [0.5, 20];
    expect(await seen(), "the version is the same").toEqual([0.25, 20, 1]);
    version = 2;
    expect(await seen()).toEqual([0.5, 20, 2]);
    const { help } = metricCatalogue.outrider_bodies_read_total;
    expect(await exposition.text(), "a family without samples").toContain(
      `# HELP outrider_bodies_read_total ${help}\n`,
    );
  });

  it("is the text format that Prometheus 2 and 3 read", () => {
    expect(createExposition(someSources()).contentType).toBe("text/plain; version=0.0.4; charset=utf-8");
  });

  it("shares one rendering between scrapes that overlap and renders anew afterwards", async () => {
    const sources = someSources();
    const exposition = createExposition(sources);
    const first = exposition.text();
    expect(exposition.text()).toBe(first);
    await first;
    Object.assign(sources.relay, { inFlight: 7 });
    expect(await exposition.text()).toContain("outrider_requests_in_flight 7\n");
  });

  it("keeps the event loop for less than 10 ms at a time while it renders 10,000 series", async () => {
    const exposition = createExposition(someSources({ requests: manyModels() }));
    const longest: number[] = [];
    for (let round = 0; round < 5; round++) {
      const stop = watchTurns();
      const text = await exposition.text();
      longest.push(stop());
      expect(samplesOf(text).size).toBeGreaterThan(10_000);
    }
    expect(Math.min(...longest)).toBeLessThan(10);
    expect(Math.min(...longest)).toBeGreaterThan(0);
  });
});

/** Measures the longest turn of the event loop in CPU time of this thread, which a busy machine does not stretch. */
function watchTurns(): () => number {
  const cpuMs = (): number => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let longest = 0;
  let last = cpuMs();
  let next = setImmediate(turn);
  function turn(): void {
    const at = cpuMs();
    longest = Math.max(longest, at - last);
    last = at;
    next = setImmediate(turn);
  }
  return () => {
    clearImmediate(next);
    return Math.max(longest, cpuMs() - last);
  };
}

/** Names of the metrics that the process reports about itself, on Linux. */
const processMetricNames = [
  "process_cpu_user_seconds_total",
  "process_cpu_system_seconds_total",
  "process_cpu_seconds_total",
  "process_start_time_seconds",
  "process_resident_memory_bytes",
  "process_virtual_memory_bytes",
  "process_heap_bytes",
  "process_open_fds",
  "process_max_fds",
  "nodejs_heap_size_total_bytes",
  "nodejs_heap_size_used_bytes",
  "nodejs_external_memory_bytes",
  "nodejs_version_info",
] as const;
