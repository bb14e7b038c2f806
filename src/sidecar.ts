/** The running sidecar: its parts, how they are joined, and the order in which they start and stop. */
import { startAdmin } from "./admin/admin.ts";
import { adminPorts } from "./assembly/admin-ports.ts";
import type { BodyTelemetry } from "./assembly/body-telemetry.ts";
import { accessSettings, metricsOptions, proberOptions, relayOptions, upstreamOf } from "./assembly/part-options.ts";
import { createRouting } from "./assembly/routing-control.ts";
import type { SidecarOptions } from "./assembly/sidecar-options.ts";
import { systemClock } from "./clock.ts";
import { formatAddress } from "./text/address.ts";
import { restartPaths } from "./config/effective.ts";
import type { Config } from "./config/table/table.ts";
import { AccessLog } from "./logging/access-log.ts";
import { RequestMetrics } from "./metrics/requests/request-metrics.ts";
import { startProber } from "./probe/prober.ts";
import { Drain } from "./relay/drain.ts";
import { startRelay } from "./relay/relay.ts";
import { systemRandom } from "./relay/system-random.ts";

/** A sidecar that accepts requests, until {@link Sidecar.stop}. */
export interface Sidecar {
  /** `host:port` in use; for port 0, with the port that the system chose. */
  readonly listenAddress: string;
  readonly adminAddress: string;
  /** From now on readiness fails and every response closes its connection; requests are still served. Idempotent. */
  drain(): void;
  /**
   * Drains, waits for requests in flight within the configured times, and stops everything. `hurry` skips the minimum
   * time for load balancers; `force` does not wait at all, and cuts short a stop in progress.
   */
  stop(pace?: "orderly" | "hurry" | "force"): Promise<void>;
  /** Applies what can change without a restart; returns the paths of changed fields that cannot. */
  reload(config: Config): readonly string[];
}

/**
 * Starts the sidecar. Rejects with an OutriderError when an address cannot be listened on, after stopping what had
 * started; the model server may start later.
 */
export async function startSidecar(options: SidecarOptions): Promise<Sidecar> {
  const started: Stop[] = [];
  try {
    return await startParts(options, started);
  } catch (error) {
    for (const stop of started.toReversed()) await stop();
    throw error;
  }
}

/** Stops a part that has started, in a start that fails. */
type Stop = () => Promise<void> | void;

/** The parts in the order of their start. */
async function startParts(options: SidecarOptions, started: Stop[]): Promise<Sidecar> {
  const { config, log } = options;
  const upstream = upstreamOf(config);

  // 1. Observers: they see every finished exchange.
  const metrics = new RequestMetrics(metricsOptions(config));
  const accessLog = new AccessLog(log.logger, accessSettings(config));
  const telemetry = await startTelemetry(options, metrics);
  started.push(() => telemetry?.stop());

  // 2. The relay accepts connections from here on; it answers 503 until the protocol is known.
  const observers = [metrics, accessLog, ...(telemetry === undefined ? [] : [telemetry.observer])];
  const relay = await startRelay({ ...relayOptions(config, upstream), observers });
  started.push(() => relay.stop());
  const drain = new Drain(relay, systemClock, config.drain);
  const routing = await createRouting(relay, config, telemetry);

  // 3. The prober finds the protocol and follows the readiness of the model server.
  const prober = startProber({ ...proberOptions(config, upstream, log), onProtocol: routing.setProtocol });
  started.push(() => prober.stop());

  // 4. The admin port, last: whatever it reports on is there.
  const admin = await startAdmin({
    listen: config.admin.listen,
    tokenFile: config.admin.tokenFile,
    ports: adminPorts({ options, relay, metrics, drain, prober, telemetry }),
    onError: (error, path) => log.logger.error({ error, path }, "the admin port could not answer"),
    wallMs: () => systemClock.wallMs(),
  });

  return {
    listenAddress: formatAddress(relay.address),
    adminAddress: formatAddress(admin.address),
    drain: () => drain.begin(),
    stop: async (pace = "orderly") => {
      // Not quite the reverse: traffic ends first, and the admin port last, as probes and scrapes follow the drain.
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

/** Loaded only when bodies are captured, or predictions are logged (with or without bodies). */
async function startTelemetry(
  { config, log }: SidecarOptions,
  requests: RequestMetrics,
): Promise<BodyTelemetry | undefined> {
  const isCapturing = config.reading.sample > 0 && config.tap.bodyBytes > 0;
  if (!isCapturing && !config.predictions.enabled) return undefined;
  const { startBodyTelemetry } = await import("./assembly/body-telemetry.ts");
  return startBodyTelemetry({ config, log, clock: systemClock, random: systemRandom, requests });
}
