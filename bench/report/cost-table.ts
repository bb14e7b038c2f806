/** The table that counts: what each proxy costs a request. */
import type { ClosedLoopSample } from "../scenarios/closed-loop.ts";
import type { BenchResults } from "./results.ts";
import { medianDifference, medianOf, medianRatio } from "./statistics.ts";
import { fixed, markdownTable, megabytes, signed } from "./table.ts";

/** One row: medians over the rounds. NaN where it was not measured. */
export interface Cost {
  readonly name: string;
  readonly title: string;
  readonly version: string;
  readonly cpuUsPerRequest: number;
  /** To nginx in the same round. */
  readonly cpuRatio: number;
  /** The relay's thread alone, to all of nginx in the same round; only of Outrider. */
  readonly mainThreadRatio: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Over the upstream alone in the same round, at 1,000 requests a second. */
  readonly addedP50Ms: number;
  readonly addedP99Ms: number;
  readonly idleBytes: number;
  readonly loadedBytes: number;
  readonly firstAnswerMs: number;
  readonly readyMs: number;
}

/** The costs of all proxies of a run, in the order of the run. */
export function costs({ peers, measurements }: BenchResults): readonly Cost[] {
  const { closedLoop = {}, openLoop = {}, startUp = {} } = measurements;
  const yardstick = closedLoop["nginx"];
  const cpu = (sample: ClosedLoopSample): number => sample.cpuUsPerRequest;
  const mainThread = (sample: ClosedLoopSample): number => sample.mainThreadUsPerRequest;
  return peers.map(({ name, title, version }) => {
    const closed = closedLoop[name];
    return {
      name,
      title,
      version,
      cpuUsPerRequest: medianOf(closed, cpu),
      cpuRatio: medianRatio(closed, yardstick, cpu),
      mainThreadRatio: name.startsWith("outrider") ? medianRatio(closed, yardstick, mainThread, cpu) : Number.NaN,
      requestsPerSecond: medianOf(closed, (sample) => sample.requestsPerSecond),
      p50Ms: medianOf(closed, (sample) => sample.p50Ms),
      p99Ms: medianOf(closed, (sample) => sample.p99Ms),
      addedP50Ms: medianDifference(openLoop[name], openLoop["direct"], (sample) => sample.p50Ms),
      addedP99Ms: medianDifference(openLoop[name], openLoop["direct"], (sample) => sample.p99Ms),
      idleBytes: medianOf(startUp[name], (sample) => sample.residentBytes),
      loadedBytes: medianOf(closed, (sample) => sample.residentBytes),
      firstAnswerMs: medianOf(startUp[name], (sample) => sample.firstAnswerMs),
      readyMs: medianOf(startUp[name], (sample) => sample.readyMs ?? Number.NaN),
    };
  });
}

/** The full table of a run. */
export function costTable(results: BenchResults): string {
  return markdownTable(
    [
      "proxy",
      "CPU µs a request",
      "× nginx",
      "main thread × nginx",
      "requests/s",
      "p50 ms",
      "p99 ms",
      "added p50 ms",
      "added p99 ms",
      "MB idle",
      "MB loaded",
      "first answer ms",
      "ready ms",
    ],
    costs(results).map((cost) => [
      `${cost.title} ${cost.version}`,
      fixed(cost.cpuUsPerRequest, 1),
      fixed(cost.cpuRatio, 2),
      fixed(cost.mainThreadRatio, 2),
      fixed(cost.requestsPerSecond, 0),
      fixed(cost.p50Ms, 2),
      fixed(cost.p99Ms, 2),
      signed(cost.addedP50Ms, 3),
      signed(cost.addedP99Ms, 3),
      megabytes(cost.idleBytes),
      megabytes(cost.loadedBytes),
      fixed(cost.firstAnswerMs, 0),
      fixed(cost.readyMs, 0),
    ]),
  );
}
