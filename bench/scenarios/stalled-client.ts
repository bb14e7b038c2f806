/** 300 MB to a client that does not read: the proxy must make the upstream wait, not keep the body. */
import { runClient, runClosedLoop } from "../clients/run-client.ts";
import { residentBytes } from "../host/processes.ts";
import { type Samples, type ScenarioContext, withPeakResident, withRunningPeers } from "./scenario.ts";

/** One peer. */
export interface StalledClientSample {
  /** Memory before, and how much it grew at most until the body was through. */
  readonly residentBeforeBytes: number;
  readonly grownBytes: number;
  /** True when the client got every byte once it read again. */
  readonly isComplete: boolean;
}

const bodyBytes = 300_000_000;

/** Runs the scenario once for each peer, after a short load so that memory has its working size. */
export async function measureStalledClient(context: ScenarioContext): Promise<Samples<StalledClientSample>> {
  const samples: Record<string, readonly StalledClientSample[]> = {};
  await withRunningPeers(context, async (running) => {
    for (const { name, port, peer } of running) {
      context.say(`stalled client: ${name}`);
      await runClosedLoop({ port, connections: 32, seconds: context.pace.warmUpSeconds });
      const pids = peer?.pids() ?? [];
      const residentBeforeBytes = residentBytes(pids);
      const options = { port, bytes: bodyBytes, stallSeconds: context.pace.holdSeconds };
      const { result, peakBytes } = await withPeakResident(
        () => pids,
        () => runClient<{ readonly isComplete: boolean }>("stalled-reader.ts", options),
      );
      const grownBytes = peakBytes - residentBeforeBytes;
      samples[name] = [{ residentBeforeBytes, grownBytes, isComplete: result.isComplete }];
    }
  });
  return samples;
}
