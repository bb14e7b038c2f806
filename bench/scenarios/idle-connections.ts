/** 10,000 kept-alive connections that do nothing: are they held, do they still work, what do they cost in memory? */
import { runClient } from "../clients/run-client.ts";
import { residentBytes } from "../host/processes.ts";
import { type Samples, type ScenarioContext, withPeakResident, withRunningPeers } from "./scenario.ts";

/** One peer. */
export interface IdleConnectionsSample {
  readonly opened: number;
  /** Connections whose first request was answered with 200. */
  readonly firstOk: number;
  /** Connections still open after the pause. */
  readonly stillOpen: number;
  /** Connections whose second request, after the pause, was answered with 200. */
  readonly secondOk: number;
  readonly residentBeforeBytes: number;
  readonly residentPeakBytes: number;
}

const connections = 10_000;

/** Runs the scenario once for each peer. */
export async function measureIdleConnections(context: ScenarioContext): Promise<Samples<IdleConnectionsSample>> {
  const samples: Record<string, readonly IdleConnectionsSample[]> = {};
  await withRunningPeers(context, async (running) => {
    for (const { name, port, peer } of running) {
      context.say(`idle connections: ${name}`);
      const pids = peer?.pids() ?? [];
      const residentBeforeBytes = residentBytes(pids);
      const options = { port, connections, holdSeconds: context.pace.holdSeconds };
      const { result, peakBytes } = await withPeakResident(
        () => pids,
        () =>
          runClient<Omit<IdleConnectionsSample, "residentBeforeBytes" | "residentPeakBytes">>(
            "idle-connections.ts",
            options,
          ),
      );
      samples[name] = [{ ...result, residentBeforeBytes, residentPeakBytes: peakBytes }];
    }
  });
  return samples;
}
