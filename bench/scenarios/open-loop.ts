/** Latency that a proxy adds: 1,000 requests a second, sent whether or not earlier ones are answered, beside the upstream alone. */
import { runClient } from "../clients/run-client.ts";
import type { LatencySummary } from "../clients/summarize-latencies.ts";
import { measureInRounds, type Samples, type ScenarioContext } from "./scenario.ts";

/** One round of one peer, or of `direct`. */
export interface OpenLoopSample extends LatencySummary {
  readonly errors: number;
}

const requestsPerSecond = 1000;

/** Runs the scenario for all peers, and for the upstream without one as `direct`. */
export function measureOpenLoop(context: ScenarioContext): Promise<Samples<OpenLoopSample>> {
  const plan = { title: "open loop", rounds: context.pace.rounds, withDirect: true };
  return measureInRounds(context, plan, ({ port }, round) =>
    runClient<OpenLoopSample>("open-loop.ts", {
      port,
      requestsPerSecond,
      seconds: round === 0 ? context.pace.warmUpSeconds : context.pace.seconds,
      warmUpSeconds: 0.5,
    }),
  );
}
