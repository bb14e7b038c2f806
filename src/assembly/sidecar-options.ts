import type { EffectiveValue } from "../config/effective.ts";
import type { ReloadCounters } from "../config/live-config.ts";
import type { Config } from "../config/table/table.ts";
import type { Log } from "../logging/logger.ts";

/** Options of a sidecar. */
export interface SidecarOptions {
  readonly config: Config;
  /** Every value in force with its origin, for `GET /config`. */
  effectiveValues(this: void): readonly EffectiveValue[];
  /** Counters of reloads, for metrics. */
  reloads(this: void): ReloadCounters;
  readonly version: string;
  /** The commit of the build; empty when unknown. */
  readonly revision: string;
  readonly log: Log;
}
