/** Options of the sidecar's parts, from the configuration. */
import { systemClock } from "../clock.ts";
import type { Config } from "../config/table/table.ts";
import { OutriderError } from "../errors/outrider-error.ts";
import type { AccessLogSettings } from "../logging/access-log.ts";
import type { Log } from "../logging/logger.ts";
import type { RequestMetricsOptions } from "../metrics/requests/request-metrics.ts";
import type { ProberOptions } from "../probe/prober.ts";
import type { RelayOptions } from "../relay/options.ts";
import type { Address } from "../text/address.ts";
import { memoryShares } from "./memory-budget.ts";
import { relayBounds } from "./relay-bounds.ts";
import { systemRandom } from "../relay/system-random.ts";

/** Address of the model server. Throws `config_invalid` when none is configured. */
export function upstreamOf({ upstream }: Config): Address {
  if (upstream === undefined) {
    throw new OutriderError("config_invalid", "the address of the model server is missing: set --upstream");
  }
  return upstream;
}

/** Options of the relay, without its observers. */
export function relayOptions(config: Config, upstream: Address): Omit<RelayOptions, "observers"> {
  const { listen, variant, tap, upgrade, labels, predictions } = config;
  return {
    listen,
    upstream,
    variant,
    ...relayBounds(config),
    tap: {
      bodyBytes: tap.bodyBytes,
      totalBytes: memoryShares(config).tapBytes,
      idHeader: labels.idHeader,
      headers: predictions.enabled ? predictions.headers : [],
    },
    upgradeProtocols: upgrade.protocols,
    clock: systemClock,
    random: systemRandom,
  };
}

/** Options of the prober. A change of readiness is logged. */
export function proberOptions(config: Config, upstream: Address, { logger }: Log): Omit<ProberOptions, "onProtocol"> {
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

/** Labels of requests without a model in their path, and the bound on models. */
export function metricsOptions({ model, variant, metrics }: Config): RequestMetricsOptions {
  return { model: model.name, version: model.version, variant, maxModels: metrics.maxModels };
}

/** Settings of the access log; a reload may change them. */
export function accessSettings({ log }: Config): AccessLogSettings {
  return { isOn: log.access, sampleRatio: log.accessSample };
}
