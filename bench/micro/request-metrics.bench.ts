/** Counting one exchange on the request's way: metrics and the access line. */
import type { Exchange } from "../../src/exchange.ts";
import { AccessLog } from "../../src/logging/access-log.ts";
import { createLatencyHdr, recordLatency } from "../../src/metrics/requests/latency-hdr.ts";
import { RequestMetrics } from "../../src/metrics/requests/request-metrics.ts";
import { anExchange, aRoute } from "../../test/support/an-exchange.ts";
import type { MicroCases } from "./run-micro.ts";

const sampleCount = 64;

/** Durations as a model server gives them: around 8 ms, some much longer. */
const durations = Float64Array.from({ length: sampleCount }, (_, i) => Math.exp(2 + Math.sin(i * 12.9898) * 1.5));
const microseconds = durations.map((ms) => Math.round(ms * 1000));

const exchangesOf = (models: number, over: Partial<Exchange> = {}): readonly Exchange[] => {
  const routes = Array.from({ length: models }, (_, model) => aRoute({ model: `model-${model}` }));
  return Array.from(durations, (durationMs, i) =>
    anExchange({
      route: routes[i % models] ?? aRoute(),
      durationMs,
      firstByteMs: durationMs - 0.1,
      upstreamMs: durationMs - 0.2,
      startedAtMs: 1_700_000_000_000 + i,
      ...over,
    }),
  );
};

/** Gives each of the exchanges in turn to a set of metrics of its own. */
function observing(exchanges: readonly Exchange[]): () => void {
  const metrics = new RequestMetrics({ model: "iris", version: "1", variant: "stable", maxModels: 32 });
  let next = 0;
  return () => metrics.observe(exchanges[next++ % sampleCount] as Exchange);
}

const own = createLatencyHdr();
const library = createLatencyHdr();
const oneModel = exchangesOf(1);
const off = new AccessLog({ info: () => {} }, { isOn: false, sampleRatio: 1 });
const sampled = new AccessLog({ info: () => {} }, { isOn: true, sampleRatio: 0.01 });
let at = 0;

/** The cases, by name. */
export const cases: MicroCases = {
  "observe, one model": observing(oneModel),
  "observe, 30 models in turn": observing(exchangesOf(30)),
  "observe, unknown models": observing(exchangesOf(30, { outcome: "client_error", status: 404 })),
  "record a latency, own cell index": () => recordLatency(own, microseconds[at++ % sampleCount] as number),
  "record a latency, hdr-histogram-js alone": () => library.recordValue(microseconds[at++ % sampleCount] as number),
  "access line, off": () => off.observe(oneModel[at++ % sampleCount] as Exchange),
  "access line, 1 % sampled": () => sampled.observe(oneModel[at++ % sampleCount] as Exchange),
};
