/** What Outrider is meant to stay below or above, and whether this run did. */
import type { FeatureLoadSample, VerdictSample } from "../scenarios/features.ts";
import type { LargeBodySample } from "../scenarios/large-bodies.ts";
import type { Samples } from "../scenarios/scenario.ts";
import type { StalledClientSample } from "../scenarios/stalled-client.ts";
import { type Cost, costs } from "./cost-table.ts";
import { predictionLogVerdicts } from "./prediction-log-targets.ts";
import type { BenchResults } from "./results.ts";
import { median, medianOf, medianRatio } from "./statistics.ts";
import { fixed, markdownTable } from "./table.ts";
import { atLeast, atMost, type Verdict } from "./verdict.ts";

/** The verdicts on all targets that this run measured. */
export function targetVerdicts(results: BenchResults): readonly Verdict[] {
  const all = [...costVerdicts(costs(results)), ...scenarioVerdicts(results), ...predictionLogVerdicts(results)];
  return all.filter(({ found }) => Number.isFinite(found));
}

/** The verdicts as a table. */
export function targetTable(results: BenchResults): string {
  const rows = targetVerdicts(results).map(({ target, found, decimals, isMet }) => [
    target,
    fixed(found, decimals),
    isMet ? "met" : "**missed**",
  ]);
  return markdownTable(["target", "found", ""], rows);
}

function costVerdicts(all: readonly Cost[]): readonly Verdict[] {
  const of = (name: string): Cost | undefined => all.find((cost) => cost.name === name);
  const [bare, everything, nginx] = [of("outrider"), of("outrider-everything"), of("nginx")];
  const shareOf = (name: string): number => (everything?.cpuRatio ?? Number.NaN) / (of(name)?.cpuRatio ?? Number.NaN);
  const addedOverNginxMs = (bare?.addedP99Ms ?? Number.NaN) - (nginx?.addedP99Ms ?? Number.NaN);
  return [
    atMost("bare: CPU a request ≤ 1.15 × nginx", bare?.cpuRatio, 1.15, 2),
    atMost("everything on: relay thread ≤ 1.5 × nginx", everything?.mainThreadRatio, 1.5, 2),
    atMost("everything on: CPU ≤ 1/2 of Envoy", shareOf("envoy"), 1 / 2, 2),
    atMost("everything on: CPU ≤ 1/3 of Go's reverse proxy", shareOf("go-reverse-proxy"), 1 / 3, 2),
    atMost("everything on: CPU ≤ 1/3 of KServe's agent", shareOf("kserve-agent"), 1 / 3, 2),
    atMost("everything on: CPU below http-proxy", shareOf("http-proxy"), 1, 2),
    atMost("everything on: CPU below httpxy", shareOf("httpxy"), 1, 2),
    atMost("everything on: CPU below @fastify/http-proxy", shareOf("fastify-http-proxy"), 1, 2),
    atMost("added p99 at 1,000 requests/s ≤ nginx's + 0.2 ms", addedOverNginxMs, 0.2, 3),
    atMost("memory idle ≤ 70 MB", (bare?.idleBytes ?? Number.NaN) / 1e6, 70, 0),
    atMost("memory under load, everything on ≤ 100 MB", (everything?.loadedBytes ?? Number.NaN) / 1e6, 100, 0),
    atMost("ready ≤ 150 ms after its start", bare?.readyMs, 150, 0),
  ];
}

function scenarioVerdicts({ measurements }: BenchResults): readonly Verdict[] {
  const { largeBodies, stalledClient, idleConnections, slowClients, scrape, features } = measurements;
  const grown = stalledClient?.["outrider"] ?? [];
  const held = (idleConnections?.["outrider"] ?? []).map((idle) =>
    Math.min(idle.firstOk, idle.stillOpen, idle.secondOk),
  );
  const slow = (slowClients?.["outrider"] ?? []).map((sample) => sample.besideSlow.errors);
  const delayMs = ({ during, without }: Pick<VerdictSample, "during" | "without">): number =>
    during.maxMs - without.p50Ms;
  const loaded = features?.load["outrider-100-features"];
  return [
    atLeast("10 MB responses ≥ 0.8 × nginx", speedRatio(largeBodies?.responses), 0.8, 2),
    atLeast("10 MB requests ≥ 0.8 × nginx", speedRatio(largeBodies?.requests), 0.8, 2),
    atMost("300 MB through a stalled client: MB of memory grown < 20", medianOf(grown, grownMegabytes), 20, 1),
    atLeast("10,000 idle connections held and answered", median(held), 10_000, 0),
    atMost("errors of good clients while 1,000 are slow: 0", median(slow), 0, 0),
    atMost("a scrape of 10,000 series delays no request by > 10 ms", medianOf(scrape, delayMs), 10, 1),
    atMost("100 features, everything on: memory under load ≤ 100 MB", medianOf(loaded, loadedMegabytes), 100, 0),
    atMost("a verdict of 500 features delays no request by > 5 ms", medianOf(features?.verdicts, delayMs), 5, 1),
  ];
}

const loadedMegabytes = (sample: FeatureLoadSample): number => sample.residentBytes / 1e6;

const grownMegabytes = (sample: StalledClientSample): number => sample.grownBytes / 1e6;

function speedRatio(samples: Samples<LargeBodySample> | undefined): number {
  return medianRatio(samples?.["outrider"], samples?.["nginx"], (sample) => sample.megabytesPerSecond);
}
