/** The running sidecar: its parts, how they are joined, and the order in which they start and stop. */
import { startAdmin, type RunningAdmin } from "./admin/admin.ts";
import type { BodyTelemetry } from "./assembly/body-telemetry.ts";
import type { AdminPorts } from "./admin/ports.ts";
import { systemClock } from "./clock.ts";
import { formatAddress } from "./config/address.ts";
import { restartPaths, type EffectiveValue } from "./config/effective.ts";
import type { ReloadCounters } from "./config/live-config.ts";
import type { Config } from "./config/table/table.ts";
import { OutriderError } from "./errors.ts";
import { createExposition } from "./exposition/exposition.ts";
import { hdrReport } from "./exposition/hdr-report.ts";
import type { ExpositionSources } from "./exposition/sources.ts";
import type { Protocol } from "./protocols/protocol.ts";
import { createRouteTable } from "./protocols/route-table.ts";
import { AccessLog, type AccessLogSettings } from "./logging/access-log.ts";
import type { Log } from "./logging/logger.ts";
import { RequestMetrics, type RequestMetricsOptions } from "./metrics/requests/request-metrics.ts";
import { startProber, type Prober, type ProberOptions } from "./probe/prober.ts";
import { Drain } from "./relay/drain.ts";
import type { RelayOptions, UpstreamAddress } from "./relay/options.ts";
import { startRelay, type Relay } from "./relay/relay.ts";
import { systemRandom } from "./relay/system-random.ts";

/** What a sidecar is started with. */
export interface SidecarOptions {
  readonly config: Config;
  /** Every value in force with its origin, for those who ask the admin port. */
  effectiveValues(this: void): readonly EffectiveValue[];
  /** Numbers about reloads, for metrics. */
  reloads(this: void): ReloadCounters;
  readonly version: string;
  /** The commit it was built from; empty when unknown. */
  readonly revision: string;
  readonly log: Log;
}

/** A running sidecar. */
export interface Sidecar {
  /** `host:port` in use; the port is the chosen one when 0 was asked for. */
  readonly listenAddress: string;
  readonly adminAddress: string;
  /** Readiness fails from now on and every response ends its connection; requests are still served. Idempotent. */
  drain(): void;
  /**
   * Drains, waits for what is in flight within the configured times, and stops everything. `hurry` leaves out the least
   * time for load balancers, `force` does not wait at all.
   */
  stop(pace?: "orderly" | "hurry" | "force"): Promise<void>;
  /** Takes what can be changed without a restart and returns the paths of changed fields that cannot. */
  reload(config: Config): readonly string[];
}

/** Starts the sidecar. Rejects with an OutriderError when an address cannot be listened on; the upstream may come later. */
export async function startSidecar(options: SidecarOptions): Promise<Sidecar> {
  const { config, log } = options;
  const upstream = upstreamOf(config);
  const metrics = new RequestMetrics(metricsOptions(config));
  const accessLog = new AccessLog(log.logger, accessSettings(config));
  const telemetry = await telemetryOf(options, metrics);
  const observers = [metrics, accessLog, ...(telemetry === undefined ? [] : [telemetry.observer])];
  const relay = await startRelay(relayOptions(config, upstream, observers)).catch(async (error: unknown) => {
    await telemetry?.stop();
    throw error;
  });
  const drain = new Drain(relay, systemClock, config.drain);
  const routing = createRouting(relay, config, telemetry);
  const prober = startProber({ ...proberOptions(config, upstream, log), onProtocol: routing.setProtocol });
  const parts: Parts = { options, relay, metrics, drain, prober, telemetry };
  const admin = await startAdminOf(parts).catch(async (error: unknown) => {
    prober.stop();
    await relay.stop();
    await telemetry?.stop();
    throw error;
  });
  return {
    listenAddress: formatAddress(relay.address),
    adminAddress: formatAddress(admin.address),
    drain: () => drain.begin(),
    stop: async (pace = "orderly") => {
      // The admin port goes last: probes and scrapes follow the drain to its end.
      await drain.finish(pace);
      prober.stop();
      await telemetry?.stop(pace === "force");
      await admin.stop();
    },
    reload: (next) => {
      log.setLevel(next.log.level);
      accessLog.configure(accessSettings(next));
      drain.settings = next.drain;
      routing.setRules(next.routes);
      return restartPaths(config, next);
    },
  };
}

/** What the admin port speaks for. */
interface Parts {
  readonly options: SidecarOptions;
  readonly relay: Relay;
  readonly metrics: RequestMetrics;
  readonly drain: Drain;
  readonly prober: Prober;
  /** Nothing when no bodies are read. */
  readonly telemetry: BodyTelemetry | undefined;
}

/** Loaded only when bodies are read, or predictions are logged, which does without bodies if it must. */
async function telemetryOf(
  { config, log }: SidecarOptions,
  requests: RequestMetrics,
): Promise<BodyTelemetry | undefined> {
  const isReading = config.reading.sample > 0 && config.tap.bodyBytes > 0;
  if (!isReading && !config.predictions.enabled) return undefined;
  const { startBodyTelemetry } = await import("./assembly/body-telemetry.ts");
  return startBodyTelemetry({ config, log, clock: systemClock, random: systemRandom, requests });
}

function startAdminOf(parts: Parts): Promise<RunningAdmin> {
  const { config, log } = parts.options;
  return startAdmin({
    listen: config.admin.listen,
    tokenFile: config.admin.tokenFile,
    ports: adminPorts(parts),
    onError: (error, path) => log.logger.error({ error, path }, "the admin port could not answer"),
    wallMs: () => systemClock.wallMs(),
  });
}

function adminPorts(parts: Parts): AdminPorts {
  const { options, relay, metrics, drain, prober, telemetry } = parts;
  const exposition = createExposition(expositionSources(parts));
  return {
    metrics: async () => ({ contentType: exposition.contentType, text: await exposition.text() }),
    readiness: () => {
      const { isReady, reason, protocol = "unknown" } = prober.state();
      const details = { protocol };
      return drain.hasBegun ? { isReady: false, reason: "draining", details } : { isReady, reason, details };
    },
    upstreamLiveness: () => prober.checkNow(),
    drain: () => {
      drain.begin();
      return { isDraining: true, inFlight: drain.inFlight };
    },
    waitForDrain: async (maxMs, signal) => ({ isDrained: await drain.wait(maxMs, signal), inFlight: drain.inFlight }),
    configView: () => ({
      listening: formatAddress(relay.address),
      protocol: prober.state().protocol ?? null,
      fields: options.effectiveValues(),
    }),
    version: () => ({ version: options.version, revision: options.revision, node: process.versions.node }),
    hdr: () => hdrReport(metrics),
    drift: (query) => telemetry?.drift(query) ?? notReading,
    accuracy: () => telemetry?.accuracy() ?? notReading,
    labels: async (body, contentType) => telemetry?.labels(body, contentType) ?? { status: 409, body: notReading },
    fleet: async () => telemetry?.fleet() ?? notReading,
  };
}

const notReading = { reports: [], reason: "no bodies are read: `reading.sample` or `tap.body_bytes` is 0" };

function expositionSources({ options, relay, metrics, prober, telemetry }: Parts): ExpositionSources {
  const { config, log } = options;
  return {
    requests: metrics,
    relay: relay.counters,
    upstream: () => {
      const { isLive, isReady } = prober.state();
      return { isUp: isLive, isReady };
    },
    configReloads: options.reloads,
    logLinesDropped: () => log.linesDropped(),
    build: { version: options.version, revision: options.revision },
    model: config.model,
    clock: systemClock,
    groups: telemetry?.groups ?? [],
  };
}

/** Joins what is known of the protocol, which may come late, with the route rules, which may change. */
function createRouting(
  relay: Relay,
  config: Config,
  telemetry: BodyTelemetry | undefined,
): { setProtocol(this: void, protocol: Protocol): void; setRules(this: void, routes: Config["routes"]): void } {
  let protocol = config.protocol === "auto" ? undefined : config.protocol;
  let { routes } = config;
  const serve = (): void => {
    if (protocol === undefined) return;
    const { name: modelName, version: modelVersion } = config.model;
    relay.serve({ protocol, table: createRouteTable({ protocol, ...routes, modelName, modelVersion }) });
  };
  serve();
  if (protocol !== undefined) telemetry?.serve(protocol);
  return {
    setProtocol: (found) => {
      protocol = found;
      serve();
      telemetry?.serve(found);
    },
    setRules: (next) => {
      routes = next;
      serve();
    },
  };
}

function proberOptions(config: Config, upstream: UpstreamAddress, { logger }: Log): Omit<ProberOptions, "onProtocol"> {
  const { model, readiness, protocol } = config;
  return {
    upstream,
    protocol,
    modelName: model.name,
    modelVersion: model.version,
    path: readiness.path,
    intervalMs: readiness.intervalMs,
    timeoutMs: readiness.timeoutMs,
    clock: systemClock,
    onChange: (state) => {
      const { isReady, reason } = state;
      logger.info(
        { ready: isReady, reason, protocol: state.protocol },
        isReady ? "model server is ready" : "model server is not ready",
      );
    },
  };
}

function metricsOptions({ model, variant, metrics }: Config): RequestMetricsOptions {
  return { model: model.name, version: model.version, variant, maxModels: metrics.maxModels };
}

function upstreamOf({ upstream }: Config): UpstreamAddress {
  if (upstream === undefined) {
    throw new OutriderError("config_invalid", "the model server is not named: give --upstream");
  }
  return upstream;
}

function accessSettings({ log }: Config): AccessLogSettings {
  return { isOn: log.access, sampleRatio: log.accessSample };
}

function relayOptions(config: Config, upstream: UpstreamAddress, observers: RelayOptions["observers"]): RelayOptions {
  const { listen, variant, limits, timeouts, pool, tap, upgrade, labels, predictions } = config;
  return {
    listen,
    upstream,
    variant,
    limits,
    timeouts,
    pool,
    tap: {
      ...tap,
      idHeader: labels.idHeader.toLowerCase(),
      headers: predictions.enabled ? predictions.headers.map((name) => name.toLowerCase()) : [],
    },
    upgradeProtocols: upgrade.protocols,
    retryAfterSeconds: limits.retryAfterSeconds,
    observers,
    clock: systemClock,
    random: systemRandom,
  };
}
