/**
 * Loki stands still while every request is logged: it takes connections and never answers, or answers 503, for a minute
 * at 1,000 requests a second. How much slower are requests than with a sidecar that logs nothing, how much memory is used
 * compared with the caps, and is every record accounted for once Loki works again?
 */
import { setTimeout as delay } from "node:timers/promises";
import { fetchPage, sumOfSeries } from "../host/admin-pages.ts";
import { makeScratchFolder } from "../host/scratch-folder.ts";
import { residentBytes } from "../host/processes.ts";
import { outriderDefaults } from "../load/outrider-defaults.ts";
import { outriderPeer } from "../load/outrider.ts";
import { type LokiCounts, type LokiMode, type RunningLoki, startLoki } from "../predictions/start-loki.ts";
import { type OpenLoopSample, runOpenLoop } from "./open-loop.ts";
import { type Contender, type ScenarioContext, withPeakResident, withRunningPeers } from "./scenario.ts";

/** Delivery accounting of the sink `loki`, from its own metrics. */
export interface LokiAccounts {
  readonly accepted: number;
  readonly recovered: number;
  readonly sent: number;
  readonly dropped: number;
  readonly queued: number;
  readonly spooled: number;
  readonly retries: number;
}

/** An open loop, and the memory of the sidecar before and at most during it. */
export interface WatchedLoop extends OpenLoopSample {
  readonly residentBeforeBytes: number;
  readonly residentPeakBytes: number;
}

/** One way to stand still, with or without a spool. */
export interface StalledLokiSample {
  readonly mode: LokiMode;
  readonly hasSpool: boolean;
  readonly queueBytes: number;
  /** What the queue and a push may take: the queue, and twice a batch for its text and its compressed bytes. */
  readonly capBytes: number;
  readonly without: WatchedLoop;
  /** Everything logged, and Loki takes it: what logging costs without any trouble. */
  readonly well: OpenLoopSample;
  readonly stalled: WatchedLoop;
  /** At the end of the stall, and once the queue and the spool are empty again. */
  readonly accountsStalled: LokiAccounts;
  readonly accountsAfter: LokiAccounts;
  /** From Loki's recovery to empty queues. */
  readonly recoveredMs: number;
  readonly loki: LokiCounts;
}

const mebibyte = 1_048_576;
const requestsPerSecond = 1000;
/** The queue of a sink is an eighth of `memory.budget_bytes`, and a push an eighth of the queue. */
const queueShare = 8;
const usualQueueBytes = 4 * mebibyte;
/** A connection that hangs is given up after ten seconds, and the next try may be half a minute away. */
const recoveryLimitMs = 120_000;

const cases = [
  { mode: "stalled", hasSpool: false, queueBytes: usualQueueBytes },
  { mode: "stalled", hasSpool: true, queueBytes: usualQueueBytes },
  { mode: "failing", hasSpool: false, queueBytes: usualQueueBytes },
  { mode: "failing", hasSpool: true, queueBytes: usualQueueBytes },
  // Memory follows the cap.
  { mode: "stalled", hasSpool: false, queueBytes: 8 * usualQueueBytes },
] as const;

type StallCase = (typeof cases)[number];

/** Runs every case once, for `stallSeconds`; empty when Outrider is not built. */
export async function measureStalledLoki(context: ScenarioContext): Promise<readonly StalledLokiSample[]> {
  if (!outriderDefaults.isAvailable()) return [];
  const samples: StalledLokiSample[] = [];
  for (const stall of cases) {
    const spool = stall.hasSpool ? "a spool" : "no spool";
    context.say(`Loki is ${stall.mode}, ${spool}, a queue of ${stall.queueBytes / mebibyte} MiB`);
    const loki = await startLoki();
    try {
      await withRunningPeers({ ...context, peers: [outriderDefaults, loggingTo(loki, stall)] }, async (running) => {
        const [without, logging] = running;
        if (without === undefined || logging === undefined) return;
        samples.push(await measureOnce({ stall, loki, without, logging, context }));
      });
    } finally {
      await loki.stop();
    }
  }
  return samples;
}

function loggingTo({ url }: RunningLoki, { hasSpool, queueBytes }: StallCase): ReturnType<typeof outriderPeer> {
  const predictions = {
    enabled: true,
    sinks: ["loki"],
    sample: 1,
    record_bytes_per_second: "1GiB",
  };
  const spool = hasSpool ? { spool_directory: makeScratchFolder("spool") } : {};
  return outriderPeer({
    name: "outrider-stalled-loki",
    title: "Outrider with a stalled Loki",
    protocol: "mlflow",
    config: { memory: { budget_bytes: queueShare * queueBytes }, predictions, loki: { url, ...spool } },
  });
}

interface StallRun {
  readonly stall: StallCase;
  readonly loki: RunningLoki;
  readonly without: Contender;
  readonly logging: Contender;
  readonly context: ScenarioContext;
}

async function measureOnce({ stall, loki, without, logging, context }: StallRun): Promise<StalledLokiSample> {
  const { stallSeconds } = context.pace;
  // What a sidecar takes in its first seconds would look like what the stall takes.
  for (const { port } of [without, logging]) {
    await runOpenLoop({ port, requestsPerSecond, seconds: stallSeconds / 8 });
  }
  const well = await runOpenLoop({ port: logging.port, requestsPerSecond, seconds: stallSeconds / 4 });
  const adminPort = logging.peer?.admin?.port ?? 0;
  const alone = await watchedLoop(without, stallSeconds);
  await loki.setMode(stall.mode);
  const stalled = await watchedLoop(logging, stallSeconds);
  const accountsStalled = await accountsOf(adminPort);
  const wellAtMs = performance.now();
  await loki.setMode("well");
  const accountsAfter = await untilDelivered(adminPort);
  return {
    ...stall,
    capBytes: stall.queueBytes * (1 + 2 / 8),
    without: alone,
    well,
    stalled,
    accountsStalled,
    accountsAfter,
    recoveredMs: performance.now() - wellAtMs,
    loki: await loki.counts(),
  };
}

async function watchedLoop({ port, peer }: Contender, seconds: number): Promise<WatchedLoop> {
  const pids = (): readonly number[] => peer?.pids() ?? [];
  const residentBeforeBytes = residentBytes(pids());
  const { result, peakBytes } = await withPeakResident(pids, () => runOpenLoop({ port, requestsPerSecond, seconds }));
  return { ...result, residentBeforeBytes, residentPeakBytes: peakBytes };
}

async function untilDelivered(adminPort: number): Promise<LokiAccounts> {
  const limitAtMs = performance.now() + recoveryLimitMs;
  for (;;) {
    const accounts = await accountsOf(adminPort);
    if (accounts.queued + accounts.spooled === 0 || performance.now() > limitAtMs) return accounts;
    await delay(100);
  }
}

async function accountsOf(adminPort: number): Promise<LokiAccounts> {
  const page = await fetchPage(adminPort, "/metrics");
  const sum = (metric: string): number => sumOfSeries(page, `outrider_prediction_log_${metric}`);
  return {
    accepted: sum("accepted_total"),
    recovered: sum("recovered_total"),
    sent: sum("sent_total"),
    dropped: sum("dropped_total"),
    queued: sum("queue_entries"),
    spooled: sum("spool_entries"),
    retries: sum("retries_total"),
  };
}
