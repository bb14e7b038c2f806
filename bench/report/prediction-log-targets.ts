/** What the log of predictions is meant to stay below, and whether this run did. */
import type { FileSinkSample } from "../scenarios/file-sink.ts";
import { logCostPairs } from "../scenarios/log-cost.ts";
import type { StalledLokiSample } from "../scenarios/stalled-loki.ts";
import { grownBytes, mainThreadOf, unaccounted } from "./prediction-log-tables.ts";
import type { BenchResults } from "./results.ts";
import { medianDifference, medianOf } from "./statistics.ts";
import { atMost, type Verdict } from "./verdict.ts";

/** The verdicts on all its targets; those that were not measured have NaN. */
export function predictionLogVerdicts({ measurements }: BenchResults): readonly Verdict[] {
  const { logCost = {}, fileSink, stalledLoki } = measurements;
  return [
    ...logCostPairs.map(({ title, logged, base }) => {
      const addedUs = medianDifference(logCost[logged], logCost[base], mainThreadOf);
      return atMost(`predictions logged at 1 % (${title}): relay thread ≤ 2 µs a request more`, addedUs, 2, 2);
    }),
    ...fileSinkVerdicts(fileSink),
    ...stalledLokiVerdicts(stalledLoki),
  ];
}

function fileSinkVerdicts(samples: readonly FileSinkSample[] | undefined): readonly Verdict[] {
  const delayMs = ({ during, without }: FileSinkSample): number => during.maxMs - without.p50Ms;
  const slowestMoreMs = ({ during, without }: FileSinkSample): number => during.maxMs - without.maxMs;
  const amiss = ({ feeding, files }: FileSinkSample): number =>
    files.wrong + feeding.dropped + feeding.unread + Math.abs(feeding.fed - files.lines);
  const what = "20,000 records/s to files";
  return [
    atMost(`${what} delay no request by > 5 ms`, medianOf(samples, delayMs), 5, 1),
    atMost(`${what}: the slowest request ≤ 5 ms over the slowest without`, medianOf(samples, slowestMoreMs), 5, 1),
    atMost(`${what}: records lost, torn or twice: 0`, sumOf(samples, amiss), 0, 0),
  ];
}

/** The same factor as the relay's target for the 99th percentile, compared with nginx. */
const besideMs = 0.2;
/** What V8 leaves lying between two collections of records that were dropped. */
const garbageMb = 16;

function stalledLokiVerdicts(samples: readonly StalledLokiSample[] | undefined): readonly Verdict[] {
  const p99MoreMs = ({ stalled, without }: StalledLokiSample): number => stalled.p99Ms - without.p99Ms;
  // A sidecar that logs nothing grows as well in a minute at this rate.
  const beyondCapMb = ({ stalled, without, capBytes }: StalledLokiSample): number =>
    (grownBytes(stalled) - grownBytes(without) - capBytes) / 1e6;
  const leftOver = (sample: StalledLokiSample): number =>
    unaccounted(sample) + sample.accountsAfter.queued + sample.accountsAfter.spooled;
  return [
    atMost(
      "Loki stalled: failed requests: 0",
      sumOf(samples, ({ stalled }) => stalled.errors),
      0,
      0,
    ),
    atMost(`Loki stalled: p99 ≤ without the log + ${besideMs} ms`, medianOf(samples, p99MoreMs), besideMs, 3),
    atMost(
      `Loki stalled: memory grows by the caps, and ≤ ${garbageMb} MB of garbage`,
      worstOf(samples, beyondCapMb),
      garbageMb,
      1,
    ),
    atMost("Loki stalled: records not accounted for after it: 0", sumOf(samples, leftOver), 0, 0),
  ];
}

function sumOf<Sample>(samples: readonly Sample[] | undefined, figure: (sample: Sample) => number): number {
  return samples === undefined || samples.length === 0
    ? Number.NaN
    : samples.reduce((sum, sample) => sum + figure(sample), 0);
}

function worstOf<Sample>(samples: readonly Sample[] | undefined, figure: (sample: Sample) => number): number {
  return samples === undefined || samples.length === 0 ? Number.NaN : Math.max(...samples.map(figure));
}
