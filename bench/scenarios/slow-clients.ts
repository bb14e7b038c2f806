/** Slowloris: what good clients feel while 1,000 others send a head one byte at a time and never finish it. */
import { setTimeout as delay } from "node:timers/promises";
import { startClient } from "../clients/run-client.ts";
import { type OpenLoopSample, runOpenLoop } from "./open-loop.ts";
import { measureInRounds, type Samples, type ScenarioContext } from "./scenario.ts";

/** One round of one peer: the same open loop without and with the slow clients. */
export interface SlowClientsSample {
  readonly alone: OpenLoopSample;
  readonly besideSlow: OpenLoopSample;
}

const slowConnections = 1000;
const byteEveryMs = 1000;
const requestsPerSecond = 500;
const openLimitMs = 30_000;

/** Runs the scenario for all peers. */
export function measureSlowClients(context: ScenarioContext): Promise<Samples<SlowClientsSample>> {
  const plan = { title: "slow clients", rounds: context.pace.longRounds, withDirect: false };
  const goodClients = (port: number): Promise<OpenLoopSample> =>
    runOpenLoop({ port, requestsPerSecond, seconds: context.pace.seconds });
  return measureInRounds(context, plan, async ({ port }) => {
    const alone = await goodClients(port);
    const slow = startClient("slow-connections.ts", { port, connections: slowConnections, byteEveryMs });
    try {
      const limitAtMs = performance.now() + openLimitMs;
      while (!slow.stdout().includes("open")) {
        if (!slow.isRunning() || performance.now() > limitAtMs) {
          throw new Error(`the slow clients could not connect:\n${slow.lastLines()}`);
        }
        await delay(20);
      }
      return { alone, besideSlow: await goodClients(port) };
    } finally {
      await slow.stop();
    }
  });
}
