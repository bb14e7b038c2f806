import type { Clock } from "../clock.ts";
import type { RelayCounters } from "../metrics/requests/relay-counters.ts";
import type { RequestMetrics } from "../metrics/requests/request-metrics.ts";
import type { SampleGroup } from "./sample-group.ts";

/** Where the values of a scrape come from. Functions are called once a scrape and must not block. */
export interface ExpositionSources {
  readonly requests: RequestMetrics;
  readonly relay: Readonly<RelayCounters>;
  /** What the last probe of the model server said. */
  readonly upstream: () => { readonly isUp: boolean; readonly isReady: boolean };
  readonly configReloads: () => ConfigReloads;
  /** Log lines that standard error did not take. */
  readonly logLinesDropped: () => number;
  readonly build: { readonly version: string; readonly revision: string };
  /** The configured model; empty where the configuration says nothing. */
  readonly model: { readonly name: string; readonly version: string; readonly digest: string };
  readonly clock: Clock;
  /** What other parts count, in the order of the page. */
  readonly groups: readonly SampleGroup[];
}

/** How often the configuration was loaded again, and how the last time went. */
export interface ConfigReloads {
  readonly succeeded: number;
  readonly failed: number;
  readonly isLastGood: boolean;
  /** When the running configuration was loaded, milliseconds since the epoch. */
  readonly loadedAtMs: number;
}
