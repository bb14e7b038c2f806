/** What a run of the bench found: all samples, so that any table can be made from them later. */
import type { Machine } from "../host/machine.ts";
import type { ClosedLoopSample } from "../scenarios/closed-loop.ts";
import type { Features } from "../scenarios/features.ts";
import type { FileSinkSample } from "../scenarios/file-sink.ts";
import type { IdleConnectionsSample } from "../scenarios/idle-connections.ts";
import type { LargeBodies } from "../scenarios/large-bodies.ts";
import type { LogCostSample } from "../scenarios/log-cost.ts";
import type { OpenLoopSample } from "../scenarios/open-loop.ts";
import type { Pace, Samples } from "../scenarios/scenario.ts";
import type { ScrapeSample } from "../scenarios/scrape.ts";
import type { SlowClientsSample } from "../scenarios/slow-clients.ts";
import type { StalledClientSample } from "../scenarios/stalled-client.ts";
import type { StalledLokiSample } from "../scenarios/stalled-loki.ts";
import type { StartUpSample } from "../scenarios/start-up.ts";

/** One proxy of a run. */
export interface MeasuredPeer {
  readonly name: string;
  readonly title: string;
  readonly version: string;
}

/** The results of the scenarios that ran; one that did not run is left out. */
export interface Measurements {
  readonly startUp?: Samples<StartUpSample>;
  readonly closedLoop?: Samples<ClosedLoopSample>;
  readonly openLoop?: Samples<OpenLoopSample>;
  readonly largeBodies?: LargeBodies;
  readonly stalledClient?: Samples<StalledClientSample>;
  readonly idleConnections?: Samples<IdleConnectionsSample>;
  readonly slowClients?: Samples<SlowClientsSample>;
  readonly scrape?: readonly ScrapeSample[];
  readonly features?: Features;
  readonly logCost?: Samples<LogCostSample>;
  readonly fileSink?: readonly FileSinkSample[];
  readonly stalledLoki?: readonly StalledLokiSample[];
}

/** One run of the bench, as it is written to bench/results. */
export interface BenchResults {
  /** Date of the run, `YYYY-MM-DD`, UTC. */
  readonly date: string;
  /** The command that measures the same again. */
  readonly command: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly pace: Pace;
  /** The proxies in the order of the tables. */
  readonly peers: readonly MeasuredPeer[];
  readonly measurements: Measurements;
}
