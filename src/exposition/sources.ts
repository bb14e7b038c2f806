import type { Clock } from "../clock.ts";
import type { RelayCounters } from "../metrics/requests/relay-counters.ts";
import type { RequestMetrics } from "../metrics/requests/request-metrics.ts";
import type { SampleSource } from "../metrics/sample.ts";

/** Sources of the values of a scrape. Functions are called once a scrape and must not block. */
export interface ExpositionSources {
  readonly requests: RequestMetrics;
  readonly relay: Readonly<RelayCounters>;
  /** Result of the last probe of the model server. */
  readonly upstream: () => { readonly isUp: boolean; readonly isReady: boolean };
  readonly configReloads: () => ConfigReloads;
  /** Log lines dropped because standard error was blocked. */
  readonly logLinesDropped: () => number;
  readonly build: { readonly version: string; readonly revision: string };
  /** The configured model; a field that is not configured is empty. */
  readonly model: { readonly name: string; readonly version: string; readonly digest: string };
  readonly clock: Clock;
  /** Further metrics, in the order of the page. */
  readonly groups: readonly SampleSource[];
}

/** Reloads of the configuration, and the result of the last one. */
export interface ConfigReloads {
  readonly succeeded: number;
  readonly failed: number;
  readonly isLastGood: boolean;
  /** When the running configuration was loaded, milliseconds since the epoch. */
  readonly loadedAtMs: number;
}
