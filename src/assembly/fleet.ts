/** This replica's place in its fleet, put together. Loaded only when Redis is configured. */
import { hostname } from "node:os";
import type { Clock, Random } from "../clock.ts";
import type { Config } from "../config/table/table.ts";
import type { DriftMonitors, MonitorWindows } from "../drift/monitor/drift-monitors.ts";
import { OutriderError } from "../errors.ts";
import { driftSamples } from "../drift/monitor/drift-series.ts";
import type { SampleGroup } from "../exposition/sample-group.ts";
import { answerValue } from "../accuracy/answer-value.ts";
import type { LabelInput } from "../accuracy/label-input.ts";
import { accuracyFamilies } from "../accuracy/label-families.ts";
import type { LabelMonitor } from "../accuracy/label-monitor.ts";
import type { Log } from "../logging/logger.ts";
import type { RequestMetrics } from "../metrics/requests/request-metrics.ts";
import { fleetSamples } from "../fleet/fleet-samples.ts";
import { FleetMember } from "../fleet/fleet-member.ts";
import { createRedisStore } from "../fleet/redis/redis-store.ts";
import type { LabelItem, StateStore } from "../fleet/store.ts";
import { describeFleet } from "../fleet/fleet-description.ts";
import { runLeaderTasks } from "../fleet/leader/lead-all.ts";
import { familiesFrom } from "./sample-families.ts";
import { AccuracyAggregator } from "../fleet/accuracy-aggregator.ts";
import { BaselineAgreement } from "../fleet/drift/baseline-agreement.ts";
import { DriftAggregator, type DriftAggregatorOptions } from "../fleet/drift/drift-aggregator.ts";
import { LatencyAggregator } from "../fleet/latency-aggregator.ts";
import type { ReportSource } from "./report-source.ts";

/** What is shared. */
export interface FleetParts {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
  readonly requests: RequestMetrics;
  readonly monitors: DriftMonitors;
  readonly labels: LabelMonitor;
  readonly drift: Pick<DriftAggregatorOptions, "windowsMs" | "thresholds" | "maxFeatures">;
}

/** A replica in its fleet. */
export interface RunningFleet {
  readonly groups: readonly SampleGroup[];
  /**
   * Who speaks of drift and accuracy: `own` says that this replica does so for itself, as it has lost the others; undefined
   * that the leader, which is another, speaks for all.
   */
  voice(this: void, own: ReportSource): ReportSource | undefined;
  /** Keeps the final counts of windows that have closed. */
  keep(this: void, closed: readonly MonitorWindows[]): void;
  /** Tells the other replicas of a label that nobody here knows; true when it was taken. */
  broadcastLabel(this: void, label: LabelInput): boolean;
  /** What all replicas say together; JSON-able. */
  describe(this: void): Promise<unknown>;
  /** Writes once more and leaves, within a few seconds. */
  stop(this: void): Promise<void>;
}

/** Windows that are over are published on for so many flush intervals, at least for {@link minKeepMs}. */
const keepFlushes = 10;
const minKeepMs = 60_000;
const stopMs = 3000;
const minLeaseMs = 5000;

/** Joins the fleet. Rejects when a file of the configuration cannot be read; Redis itself may come later. */
export async function joinFleet(parts: FleetParts): Promise<RunningFleet> {
  const { config, log, clock, monitors, labels, requests } = parts;
  const store = await openStore(parts);
  const keepMs = Math.max(minKeepMs, keepFlushes * config.redis.flushMs);
  const drift = new DriftAggregator({ monitors, ...parts.drift, keepMs });
  const baselines = new BaselineAgreement(monitors, store);
  const accuracy = new AccuracyAggregator(labels);
  const latency = new LatencyAggregator(requests, parts.drift.windowsMs[0], keepMs);
  const following = {
    // Every turn asks for contributions; what others have agreed on is asked for beside that.
    contributions: (nowMs: number) => {
      void baselines.follow(nowMs);
      return [];
    },
  };
  const fleet = new FleetMember({
    store,
    replica: { ...identityOf(parts), startedAtMs: clock.wallMs(), flushMs: config.redis.flushMs },
    leaseMs: Math.max(minLeaseMs, 4 * config.redis.flushMs),
    windowsMs: parts.drift.windowsMs,
    clock,
    sources: [following, drift, accuracy, latency],
    lead: (turn) => runLeaderTasks([baselines, drift, accuracy, latency], turn),
    labelStreams: config.labels.stream === "" ? [] : [config.labels.stream],
    onLabels: (items) => {
      for (const item of items) takeLabel(labels, item, clock.wallMs());
    },
    log: log.logger,
  });
  const leading = leaderReports(drift, accuracy);
  fleet.start();
  return {
    groups: [fleetGroup(fleet, drift, latency)],
    voice: (own) => {
      if (!isReachable(fleet, config.redis.flushMs, clock.wallMs())) return own;
      return fleet.status().isLeader ? leading : undefined;
    },
    keep: (closed) => drift.keep(closed),
    broadcastLabel: ({ id, row, label }) => fleet.broadcastLabels([{ id, row, label: String(label) }]) > 0,
    describe: () =>
      describeFleet(
        fleet,
        store,
        monitors.all.map(({ subject }) => subject),
      ),
    stop: () => fleet.stop(stopMs),
  };
}

/** Streams carry text: what reads as a number is one, as in a CSV file. */
function takeLabel(labels: LabelMonitor, { id, row = 0, label: text }: LabelItem, nowMs: number): void {
  const label = answerValue(text);
  if (label === undefined) labels.countInvalid();
  else labels.label({ id, row, label }, nowMs, true);
}

/** What is wrong with the address or the files of Redis is a mistake of the configuration, and told as one. */
async function openStore({ config, clock }: FleetParts): Promise<StateStore> {
  const { url, passwordFile, caFile, prefix, timeoutMs } = config.redis;
  const options = {
    url,
    ...(passwordFile === "" ? {} : { passwordFile }),
    ...(caFile === "" ? {} : { caFile }),
    fleet: prefix,
    clientName: "outrider",
    connectTimeoutMs: timeoutMs,
    commandTimeoutMs: timeoutMs,
    clock,
  };
  try {
    return await createRedisStore(options);
  } catch (error) {
    throw new OutriderError("config_invalid", `redis: ${(error as Error).message}`, { cause: error });
  }
}

/** New with every start: what a replica counts begins at 0 with it. */
function identityOf({ random, config }: FleetParts): { readonly replicaId: string; readonly address: string } {
  const bytes = random.fill(new Uint8Array(12));
  return { replicaId: Buffer.from(bytes).toString("hex"), address: `${hostname()}:${config.listen.port}` };
}

/** Flushes in a row that may fail before this replica speaks for itself again. */
const patientFlushes = 10;

function isReachable(fleet: FleetMember, flushMs: number, nowMs: number): boolean {
  const { lastFlushMs } = fleet.status();
  return lastFlushMs > 0 && nowMs - lastFlushMs < patientFlushes * flushMs;
}

const fleetGroup = (fleet: FleetMember, drift: DriftAggregator, latency: LatencyAggregator): SampleGroup => ({
  version: () => undefined,
  families: () => {
    const { last } = latency;
    const isLeader = last !== undefined && fleet.status().isLeader;
    return {
      ...familiesFrom(fleetSamples(fleet.status())),
      outrider_fleet_windows_mismatched_total: [{ value: drift.mismatchedTotal }],
      outrider_fleet_latency_p50_seconds: isLeader ? [{ value: last.p50_seconds }] : [],
      outrider_fleet_latency_p95_seconds: isLeader ? [{ value: last.p95_seconds }] : [],
      outrider_fleet_latency_p99_seconds: isLeader ? [{ value: last.p99_seconds }] : [],
    };
  },
});

/** What the leader says for all: nobody else gives these, so they stand once in a fleet. */
const leaderReports = (drift: DriftAggregator, accuracy: AccuracyAggregator): ReportSource => ({
  of: "fleet",
  driftVersion: () => drift.version,
  drift: () => familiesFrom(drift.reports({ withCells: false }).flatMap((report) => driftSamples(report))),
  accuracy: () => accuracyFamilies(accuracy.reports()),
});
