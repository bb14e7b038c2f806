/**
 * What the log of predictions costs a request at 1 %: the closed loop with and without it, in the same rounds. With no
 * body read but those that are logged, with the defaults to files and to Loki, and with everything on.
 */
import { fetchPage, sumOfSeries } from "../host/admin-pages.ts";
import { outriderDefaults } from "../load/outrider-defaults.ts";
import { everythingOn, outriderEverything } from "../load/outrider-everything.ts";
import { outriderLogging } from "../load/outrider-logging.ts";
import { outriderPeer } from "../load/outrider.ts";
import type { Peer } from "../load/peer.ts";
import { startLoki } from "../predictions/start-loki.ts";
import { type ClosedLoopSample, measureClosedLoopOnce } from "./closed-loop.ts";
import { type Contender, measureInRounds, type Samples, type ScenarioContext } from "./scenario.ts";

/** One round of one contender. */
export interface LogCostSample extends ClosedLoopSample {
  /** Records that were made, and those of them that a sink gave up. */
  readonly records: number;
  readonly dropped: number;
}

/** A way of running Outrider with the log, and what it is compared with: the same without the log. */
export interface LogCostPair {
  readonly title: string;
  readonly logged: string;
  readonly base: string;
}

/** What is compared, by names of contenders. */
export const logCostPairs: readonly LogCostPair[] = [
  { title: "bodies read for the log alone, files", logged: "outrider-unread-logging", base: "outrider-unread" },
  { title: "defaults, files", logged: outriderLogging.name, base: outriderDefaults.name },
  { title: "defaults, Loki", logged: "outrider-logging-loki", base: outriderDefaults.name },
  { title: "everything on, files", logged: outriderEverything.name, base: "outrider-everything-unlogged" },
];

/** Far from what 1 % takes at full speed: nothing is thinned out. */
const plenty = "16MiB";
const fromFile = { enabled: true, sample: 0.01, record_bytes_per_second: plenty } as const;

/** Runs the scenario; empty when Outrider is not built. */
export async function measureLogCost(context: ScenarioContext): Promise<Samples<LogCostSample>> {
  if (!outriderDefaults.isAvailable()) return {};
  const { pace } = context;
  const loki = await startLoki();
  try {
    const plan = { title: "log of predictions", rounds: pace.rounds, withDirect: false };
    return await measureInRounds({ ...context, peers: contendersOf(loki.url) }, plan, (contender, round) =>
      measureOnce(contender, round === 0 ? pace.warmUpSeconds : pace.seconds),
    );
  } finally {
    await loki.stop();
  }
}

function contendersOf(lokiUrl: string): readonly Peer[] {
  const peer = (name: string, config: Readonly<Record<string, unknown>>): Peer =>
    outriderPeer({ name, title: name, protocol: "mlflow", config });
  const reading = { sample: 0 };
  return [
    peer("outrider-unread", { reading }),
    peer("outrider-unread-logging", { reading, predictions: fromFile }),
    outriderDefaults,
    outriderLogging,
    peer("outrider-logging-loki", { predictions: { ...fromFile, sinks: ["loki"] }, loki: { url: lokiUrl } }),
    peer("outrider-everything-unlogged", { ...everythingOn, predictions: { enabled: false } }),
    outriderEverything,
  ];
}

async function measureOnce(contender: Contender, seconds: number): Promise<LogCostSample> {
  const adminPort = contender.peer?.admin?.port ?? 0;
  const before = await fetchPage(adminPort, "/metrics");
  const sample = await measureClosedLoopOnce(contender, { seconds });
  const after = await fetchPage(adminPort, "/metrics");
  const grown = (metric: string): number =>
    sumOfSeries(after, `outrider_prediction_log_${metric}`) - sumOfSeries(before, `outrider_prediction_log_${metric}`);
  return { ...sample, records: grown("records_total"), dropped: grown("dropped_total") };
}
