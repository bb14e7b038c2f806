/**
 * What reading wide rows costs. 100 features in a closed loop with everything on: processor time, memory, and how much
 * was read. 500 features in an open loop: what the verdicts at the ends of windows cost concurrent requests.
 */
import { runClosedLoop } from "../clients/run-client.ts";
import { summarizeLatencies } from "../clients/summarize-latencies.ts";
import { fetchPage, sumOfSeries, timedMeanwhile } from "../host/admin-pages.ts";
import { outriderPeer } from "../load/outrider.ts";
import { everythingOn } from "../load/outrider-everything.ts";
import { type ClosedLoopSample, measureClosedLoopOnce } from "./closed-loop.ts";
import { type OpenLoopSample, runOpenLoop } from "./open-loop.ts";
import { type Contender, measureInRounds, type Samples, type ScenarioContext, withRunningPeers } from "./scenario.ts";

/** How many bodies of a round were read, from the sidecar's metrics. */
export interface ReadingShare {
  readonly readingsPerSecond: number;
  /** Exchanges whose bodies were not read, whatever the reason. */
  readonly dropped: number;
  /** Part of the exchanges that was read at the end of the round, 0 to 1. */
  readonly sampleRatio: number;
}

/** One round of the closed loop. */
export interface FeatureLoadSample extends ClosedLoopSample {
  /** Nothing for nginx, which reads none. */
  readonly reading?: ReadingShare;
}

/** One round of the open loop: the same one again and again. */
export interface VerdictSample {
  /** With windows so long that none ends. */
  readonly without: OpenLoopSample;
  /** While windows end and are judged, and how many of them ended. */
  readonly during: OpenLoopSample;
  readonly windowEnds: number;
  /** The same with a scrape of the metrics every second, and with a whole report every second; milliseconds each took. */
  readonly scraped: OpenLoopSample;
  readonly scrapeP50Ms: number;
  readonly reported: OpenLoopSample;
  readonly reportP50Ms: number;
}

/** What the scenario found. */
export interface Features {
  readonly load: Samples<FeatureLoadSample>;
  readonly verdicts: readonly VerdictSample[];
}

const loadedFeatures = 100;
const judgedFeatures = 500;
const windowMs = 2000;
/** A window that is not at its end while the bench runs, unless that is at midnight UTC. */
const endlessMs = 86_400_000;
/** Enough for a verdict at the end of every window, which takes 600. */
const requestsPerSecond = 400;
const learnSeconds = 1;
const askEveryMs = 1000;

const loaded = outriderPeer({
  name: "outrider-100-features",
  title: "**Outrider**, everything on",
  protocol: "mlflow",
  config: everythingOn,
});

const judging = (name: string, ms: number): ReturnType<typeof outriderPeer> =>
  outriderPeer({
    name,
    title: name,
    protocol: "mlflow",
    config: { ...everythingOn, drift: { ...everythingOn.drift, window_ms: ms } },
  });

/** Runs both parts; empty when Outrider is not built. */
export async function measureFeatures(context: ScenarioContext): Promise<Features> {
  if (!loaded.isAvailable()) return { load: {}, verdicts: [] };
  return { load: await measureLoad(context), verdicts: await measureVerdicts(context) };
}

function measureLoad(context: ScenarioContext): Promise<Samples<FeatureLoadSample>> {
  const { pace, peers } = context;
  const plan = { title: `${loadedFeatures} features`, rounds: pace.rounds, withDirect: false };
  const others = peers.filter(({ name }) => name === "nginx");
  return measureInRounds({ ...context, peers: [...others, loaded] }, plan, async (contender, round) => {
    const loop = { seconds: round === 0 ? pace.warmUpSeconds : pace.seconds, numbers: loadedFeatures };
    const adminPort = contender.peer?.admin?.port;
    if (adminPort === undefined) return measureClosedLoopOnce(contender, loop);
    const before = await fetchPage(adminPort, "/metrics");
    const sample = await measureClosedLoopOnce(contender, loop);
    const after = await fetchPage(adminPort, "/metrics");
    return { ...sample, reading: readingShare(before, after, sample.requestsPerSecond) };
  });
}

function readingShare(before: string, after: string, requestsPerSecond: number): ReadingShare {
  const grown = (name: string, label?: string): number =>
    sumOfSeries(after, name, label) - sumOfSeries(before, name, label);
  const read = grown("outrider_bodies_read_total", 'side="request"');
  const dropped = grown("outrider_reading_dropped_total");
  return {
    readingsPerSecond: (requestsPerSecond * read) / (read + dropped),
    dropped,
    sampleRatio: sumOfSeries(after, "outrider_reading_sample_ratio"),
  };
}

async function measureVerdicts(context: ScenarioContext): Promise<readonly VerdictSample[]> {
  const { pace, say } = context;
  const samples: VerdictSample[] = [];
  const peers = [judging("outrider-without-verdicts", endlessMs), judging("outrider-with-verdicts", windowMs)];
  await withRunningPeers({ ...context, peers }, async ([without, during]) => {
    if (without === undefined || during === undefined) return;
    for (const { port } of [without, during]) {
      await runClosedLoop({ port, connections: 4, seconds: learnSeconds, numbers: judgedFeatures });
    }
    for (let round = 1; round <= pace.longRounds; round += 1) {
      say(`${judgedFeatures} features: round ${round}/${pace.longRounds}`);
      samples.push(await measureVerdictsOnce(without, during, pace.seconds));
    }
  });
  return samples;
}

async function measureVerdictsOnce(without: Contender, during: Contender, seconds: number): Promise<VerdictSample> {
  // At least two windows end.
  const loop = { requestsPerSecond, seconds: Math.max(seconds, (3 * windowMs) / 1000), numbers: judgedFeatures };
  const adminPort = during.peer?.admin?.port ?? 0;
  const openLoop = ({ port }: Contender): Promise<OpenLoopSample> => runOpenLoop({ ...loop, port });
  const asking = (path: string): ReturnType<typeof timedMeanwhile<OpenLoopSample>> =>
    timedMeanwhile(
      askEveryMs,
      () => fetchPage(adminPort, path),
      () => openLoop(during),
    );
  const alone = await openLoop(without);
  const startedAtMs = Date.now();
  const judged = await openLoop(during);
  // Windows are cut by the wall clock.
  const windowEnds = Math.floor(Date.now() / windowMs) - Math.floor(startedAtMs / windowMs);
  if ((await lastDecidedMs(adminPort)) < startedAtMs) throw new Error("no window was decided");
  const scraped = await asking("/metrics");
  const reported = await asking("/drift");
  return {
    without: alone,
    during: judged,
    windowEnds,
    scraped: scraped.result,
    scrapeP50Ms: summarizeLatencies(scraped.tookMs).p50Ms,
    reported: reported.result,
    reportP50Ms: summarizeLatencies(reported.tookMs).p50Ms,
  };
}

/** When the last window ended that was decided, milliseconds since the epoch; 0 before the first. */
async function lastDecidedMs(adminPort: number): Promise<number> {
  const { reports } = JSON.parse(await fetchPage(adminPort, "/drift")) as {
    readonly reports: readonly { readonly window: { readonly to_ms: number } | null }[];
  };
  return reports[0]?.window?.to_ms ?? 0;
}
