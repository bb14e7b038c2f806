/** The running sidecar: its parts, how they are joined, and the order in which they start and stop. */
import { setTimeout as sleep } from "node:timers/promises";

import { systemClock, systemRandom } from "./clock.ts";
import { formatAddress } from "./config/address.ts";
import type { EffectiveValue } from "./config/effective.ts";
import type { ReloadCounters } from "./config/live-config.ts";
import { restartPaths } from "./config/effective.ts";
import type { Config } from "./config/table.ts";
import { OutriderError } from "./errors.ts";
import type { Protocol } from "./inference/protocol.ts";
import { createRouteTable } from "./inference/route-table.ts";
import { AccessLog } from "./logging/access-log.ts";
import type { Log } from "./logging/logger.ts";
import { RequestMetrics } from "./metrics/request-metrics.ts";
import { startProber } from "./probe/prober.ts";
import type { RelayOptions, UpstreamAddress } from "./relay/options.ts";
import { startRelay } from "./relay/relay.ts";

/** What a sidecar is started with. */
export interface SidecarOptions {
  readonly config: Config;
  /** Every value in force with its origin, for those who ask the admin port. */
  effectiveValues(this: void): readonly EffectiveValue[];
  /** Numbers about reloads, for metrics. */
  reloads(this: void): ReloadCounters;
  readonly version: string;
  readonly log: Log;
}

/** A running sidecar. */
export interface Sidecar {
  /** `host:port` in use; the port is the chosen one when 0 was asked for. */
  readonly listenAddress: string;
  readonly adminAddress: string;
  /** Readiness fails from now on and every response ends its connection; requests are still served. Idempotent. */
  drain(): void;
  /** Drains, waits for what is in flight within the configured times, and stops everything. `force` does not wait. */
  stop(options?: { readonly force?: boolean }): Promise<void>;
  /** Takes what can be changed without a restart and returns the paths of changed fields that cannot. */
  reload(config: Config): readonly string[];
}

/** Starts the sidecar. Rejects with an OutriderError when an address cannot be listened on; the upstream may come later. */
export async function startSidecar(options: SidecarOptions): Promise<Sidecar> {
  const { log } = options;
  let { config } = options;
  const upstream = upstreamOf(config);
  const metrics = new RequestMetrics({
    model: config.model.name,
    version: config.model.version,
    variant: config.variant,
    maxModels: config.metrics.maxModels,
  });
  const accessLog = new AccessLog(log.logger, accessSettings(config));
  const relay = await startRelay(relayOptions(config, upstream, [metrics, accessLog]));
  let protocol: Protocol | undefined;
  const serve = (found: Protocol): void => {
    protocol = found;
    relay.serve({ protocol: found, table: routeTable(config, found) });
  };
  if (config.protocol !== "auto") serve(config.protocol);
  const prober = startProber({
    upstream,
    protocol: config.protocol,
    modelName: config.model.name,
    modelVersion: config.model.version,
    path: config.readiness.path,
    intervalMs: config.readiness.intervalMs,
    timeoutMs: config.readiness.timeoutMs,
    clock: systemClock,
    onProtocol: serve,
    onChange: ({ isReady, reason }) => log.logger.info({ ready: isReady, reason }, "model server"),
  });
  let drainingSinceMs: number | undefined;
  const drain = (): void => {
    drainingSinceMs ??= systemClock.monotonicMs();
    relay.drain();
  };
  return {
    listenAddress: formatAddress(relay.address),
    adminAddress: formatAddress(config.admin.listen),
    drain,
    stop: async ({ force = false } = {}) => {
      drain();
      prober.stop();
      const { minMs, timeoutMs } = config.drain;
      const drainedMs = (): number => systemClock.monotonicMs() - (drainingSinceMs ?? 0);
      // Load balancers that notice late still send new requests in this time.
      if (!force) await sleep(Math.max(0, minMs - drainedMs()));
      await relay.stop(force ? 0 : Math.max(0, timeoutMs - drainedMs()));
    },
    reload: (next) => {
      const waiting = restartPaths(config, next);
      config = next;
      log.setLevel(next.log.level);
      accessLog.configure(accessSettings(next));
      if (protocol !== undefined) serve(protocol);
      return waiting;
    },
  };
}

function upstreamOf({ upstream }: Config): UpstreamAddress {
  if (upstream === undefined) {
    throw new OutriderError("config_invalid", "the model server is not named: give --upstream");
  }
  return upstream;
}

function accessSettings({ log }: Config): { readonly isOn: boolean; readonly sampleRatio: number } {
  return { isOn: log.access, sampleRatio: log.accessSample };
}

function routeTable(config: Config, protocol: Protocol): ReturnType<typeof createRouteTable> {
  const { routes, model } = config;
  return createRouteTable({
    protocol,
    allow: routes.allow,
    deny: routes.deny,
    modelName: model.name,
    modelVersion: model.version,
  });
}

function relayOptions(config: Config, upstream: UpstreamAddress, observers: RelayOptions["observers"]): RelayOptions {
  const { listen, variant, limits, timeouts, pool, tap, upgrade } = config;
  return {
    listen,
    upstream,
    variant,
    limits,
    timeouts,
    pool,
    tap,
    upgradeProtocols: upgrade.protocols,
    retryAfterSeconds: limits.retryAfterSeconds,
    observers,
    clock: systemClock,
    random: systemRandom,
  };
}
