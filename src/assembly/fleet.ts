/** This replica as a member of its fleet, put together. Loaded only when Redis is configured. */
import { hostname } from "node:os";
import type { Clock, Random } from "../clock.ts";
import type { Config } from "../config/table/table.ts";
import { OutriderError } from "../errors/outrider-error.ts";
import type { DriftMonitorRegistry, MonitorWindows } from "../drift/monitor/drift-monitor-registry.ts";
import { driftFamilies } from "../drift/monitor/drift-families.ts";
import type { SampleSource } from "../metrics/sample.ts";
import type { LabelInput } from "../accuracy/labels/label-input.ts";
import { accuracyFamilies } from "../accuracy/label-families.ts";
import type { LabelMonitor } from "../accuracy/label-monitor.ts";
import type { Log } from "../logging/logger.ts";
import type { RequestMetrics } from "../metrics/requests/request-metrics.ts";
import { fleetFamilies } from "../fleet/fleet-families.ts";
import { FleetMember } from "../fleet/fleet-member.ts";
import { createRedisStore } from "../fleet/redis/redis-store.ts";
import { keepMs, leaseMs } from "../fleet/fleet-timing.ts";
import { joinLabel } from "../fleet/labels/label-sync.ts";
import type { StateStore } from "../fleet/store.ts";
import { describeFleet } from "../fleet/fleet-description.ts";
import { AccuracyAggregator } from "../fleet/accuracy-aggregator.ts";
import { BaselineAgreement } from "../fleet/drift/baseline-agreement.ts";
import { DriftAggregator, type DriftAggregatorOptions } from "../fleet/drift/drift-aggregator.ts";
import { LatencyAggregator } from "../fleet/latency-aggregator.ts";
import type { ReportSource } from "./report-source.ts";

/** Parts whose counts the fleet shares, and its configuration. */
export interface FleetParts {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
  readonly requests: RequestMetrics;
  readonly monitors: DriftMonitorRegistry;
  readonly labels: LabelMonitor;
  readonly drift: Pick<DriftAggregatorOptions, "windowsMs" | "thresholds" | "maxFeatures">;
}

/** The running member. {@link RunningFleet.stop} ends within a few seconds, whatever Redis does. */
export interface RunningFleet {
  readonly groups: readonly SampleSource[];
  /**
   * The source of drift and accuracy in this replica's metrics: on the leader the whole fleet's; `own` while this replica
   * is cut off from the others; undefined on every other replica, as the leader reports for it.
   */
  reportSource(this: void, own: ReportSource): ReportSource | undefined;
  /** Takes the final counts of closed windows. */
  addClosed(this: void, closed: readonly MonitorWindows[]): void;
  /** Sends a label without a prediction here to the other replicas; true when it was queued. */
  broadcastLabel(this: void, label: LabelInput): boolean;
  /** The body of `GET /fleet`; JSON-able. */
  describe(this: void): Promise<unknown>;
  /** Publishes a last time and leaves the fleet. */
  stop(this: void): Promise<void>;
}

const stopMs = 3000;

/** Joins the fleet without waiting for Redis. Rejects when a configured file cannot be read. */
export async function joinFleet(parts: FleetParts): Promise<RunningFleet> {
  const { config, log, clock, monitors, labels, requests } = parts;
  const store = await openStore(parts);
  const { flushMs } = config.redis;
  const drift = new DriftAggregator({ monitors, ...parts.drift, keepMs: keepMs(flushMs) });
  const baselines = new BaselineAgreement(monitors, store);
  const accuracy = new AccuracyAggregator(labels);
  const latency = new LatencyAggregator(requests, parts.drift.windowsMs[0], keepMs(flushMs));
  const fleet = new FleetMember({
    store,
    replica: { ...identityOf(parts), startedAtMs: clock.wallMs(), flushMs },
    leaseMs: leaseMs(flushMs),
    windowsMs: parts.drift.windowsMs,
    clock,
    sources: [drift, accuracy, latency],
    leaderTasks: [baselines, drift, accuracy, latency],
    onSync: (nowMs) => void baselines.follow(nowMs),
    labelStreams: config.labels.stream === "" ? [] : [config.labels.stream],
    onLabels: (items) => {
      for (const item of items) joinLabel(labels, item, clock.wallMs());
    },
    log: log.logger,
  });
  const ofFleet = leaderReports(drift, accuracy);
  fleet.start();
  return {
    groups: [fleetGroup(fleet, drift, latency)],
    reportSource: (own) => {
      if (!fleet.isConnected) return own;
      return fleet.isLeader ? ofFleet : undefined;
    },
    addClosed: (closed) => drift.addClosed(closed),
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

/** Redis answers within milliseconds; a write that fails is part of the next one, so that nothing is lost by giving up. */
const redisTimeoutMs = 1000;

/** A wrong address or file of Redis is reported as a configuration error. */
async function openStore({ config, clock }: FleetParts): Promise<StateStore> {
  const { url, passwordFile, caFile, prefix } = config.redis;
  const options = {
    url,
    ...(passwordFile === "" ? {} : { passwordFile }),
    ...(caFile === "" ? {} : { caFile }),
    fleet: prefix,
    clientName: "outrider",
    connectTimeoutMs: redisTimeoutMs,
    commandTimeoutMs: redisTimeoutMs,
    clock,
  };
  try {
    return await createRedisStore(options);
  } catch (error) {
    throw new OutriderError("config_invalid", `redis: ${(error as Error).message}`, { cause: error });
  }
}

/** A new id with every start: the counts of a replica begin at 0 with it. */
function identityOf({ random, config }: FleetParts): { readonly replicaId: string; readonly address: string } {
  const bytes = random.fill(new Uint8Array(12));
  return { replicaId: Buffer.from(bytes).toString("hex"), address: `${hostname()}:${config.listen.port}` };
}

const fleetGroup = (fleet: FleetMember, drift: DriftAggregator, latency: LatencyAggregator): SampleSource => ({
  families: () => {
    const { last } = latency;
    const isLeader = last !== undefined && fleet.isLeader;
    return {
      ...fleetFamilies(fleet.status()),
      outrider_fleet_windows_mismatched_total: [{ value: drift.mismatchedTotal }],
      outrider_fleet_latency_p50_seconds: isLeader ? [{ value: last.p50_seconds }] : [],
      outrider_fleet_latency_p95_seconds: isLeader ? [{ value: last.p95_seconds }] : [],
      outrider_fleet_latency_p99_seconds: isLeader ? [{ value: last.p99_seconds }] : [],
    };
  },
});

/** Reports of the leader on the whole fleet. No other replica has them, so each series exists once in a fleet. */
const leaderReports = (drift: DriftAggregator, accuracy: AccuracyAggregator): ReportSource => ({
  scope: "fleet",
  driftVersion: () => drift.version,
  drift: () => driftFamilies(drift.reports({ withCells: false })),
  accuracy: () => accuracyFamilies(accuracy.reports()),
});
