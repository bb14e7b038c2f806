/** Latency that a proxy adds: 1,000 requests a second, sent on schedule even if earlier ones have no response; compared with the upstream alone. */
import { runClient } from "../clients/run-client.ts";
import type { LatencySummary } from "../clients/summarize-latencies.ts";
import { measureInRounds, type Samples, type ScenarioContext } from "./scenario.ts";

/** One round of one peer, or of `direct`. */
export interface OpenLoopSample extends LatencySummary {
  readonly errors: number;
}

/** What to send. */
export interface OpenLoop {
  readonly port: number;
  readonly requestsPerSecond: number;
  readonly seconds: number;
  /** Left out: `/invocations`. */
  readonly path?: string;
  /** Numbers of each body's row; left out: 40. */
  readonly numbers?: number;
}

const requestsPerSecond = 1000;
const warmUpSeconds = 0.5;
/** Share of failed requests from which latencies say nothing: refusing is quicker than relaying. */
const maxErrors = 0.01;

/** Runs an open loop in a process of its own. Throws when more than one request in a hundred failed or was refused. */
export async function runOpenLoop(loop: OpenLoop): Promise<OpenLoopSample> {
  const sample = await runClient<OpenLoopSample>("open-loop.ts", { ...loop, warmUpSeconds });
  if (sample.errors > sample.count * maxErrors) {
    throw new Error(`${sample.errors} requests failed or were refused, ${sample.count} were answered with 200`);
  }
  return sample;
}

/** Runs the scenario for all peers, and for the upstream without one as `direct`. */
export function measureOpenLoop(context: ScenarioContext): Promise<Samples<OpenLoopSample>> {
  const { rounds, seconds, warmUpSeconds: firstSeconds } = context.pace;
  const plan = { title: "open loop", rounds, withDirect: true };
  return measureInRounds(context, plan, ({ port }, round) =>
    runOpenLoop({ port, requestsPerSecond, seconds: round === 0 ? firstSeconds : seconds }),
  );
}
