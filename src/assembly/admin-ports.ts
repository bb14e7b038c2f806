/** What the admin port serves, taken from the running parts. */
import type { AdminPorts } from "../admin/ports.ts";
import { systemClock } from "../clock.ts";
import { formatAddress } from "../text/address.ts";
import { createExposition } from "../exposition/exposition.ts";
import { hdrReport } from "../exposition/hdr-report.ts";
import type { ExpositionSources } from "../exposition/sources.ts";
import type { RequestMetrics } from "../metrics/requests/request-metrics.ts";
import type { Prober } from "../probe/prober.ts";
import type { Drain } from "../relay/drain.ts";
import type { Relay } from "../relay/relay.ts";
import type { SidecarOptions } from "./sidecar-options.ts";
import type { BodyTelemetry } from "./body-telemetry.ts";

/** Running parts that the admin port reports on. */
export interface SidecarParts {
  readonly options: SidecarOptions;
  readonly relay: Relay;
  readonly metrics: RequestMetrics;
  readonly drain: Drain;
  readonly prober: Prober;
  /** Undefined when bodies are neither captured nor logged. */
  readonly telemetry: BodyTelemetry | undefined;
}

/** The ports of the admin API. Each reads the parts at the time of the request. */
export function adminPorts(parts: SidecarParts): AdminPorts {
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
    drift: (query) => telemetry?.drift(query) ?? notCaptured,
    accuracy: () => telemetry?.accuracy() ?? notCaptured,
    labels: async (body, contentType) => telemetry?.labels(body, contentType) ?? { status: 409, body: notCaptured },
    fleet: async () => telemetry?.fleet() ?? notCaptured,
  };
}

const notCaptured = { reports: [], reason: "no bodies are read: `reading.sample` or `tap.body_bytes` is 0" };

function expositionSources({ options, relay, metrics, prober, telemetry }: SidecarParts): ExpositionSources {
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
