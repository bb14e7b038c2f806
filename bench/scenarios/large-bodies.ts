/** Bodies of 10 MB, one direction at a time: how many megabytes a second go through, and what each costs. */
import { runClosedLoop } from "../clients/run-client.ts";
import { cpuMicroseconds } from "../host/processes.ts";
import { type Contender, measureInRounds, type Samples, type ScenarioContext, withPeakResident } from "./scenario.ts";

/** One round of one peer in one direction. */
export interface LargeBodySample {
  readonly megabytesPerSecond: number;
  readonly cpuUsPerMegabyte: number;
  readonly residentBytes: number;
  readonly errors: number;
}

/** Both directions. */
export interface LargeBodies {
  readonly responses: Samples<LargeBodySample>;
  readonly requests: Samples<LargeBodySample>;
}

const bodyBytes = 10_000_000;
const connections = 4;
const directions = {
  responses: { method: "GET", path: `/bytes/${bodyBytes}`, bodyBytes: 0 },
  requests: { method: "POST", path: "/invocations", bodyBytes },
} as const;

/** Runs the scenario for all peers. */
export async function measureLargeBodies(context: ScenarioContext): Promise<LargeBodies> {
  const measure = (direction: keyof typeof directions): Promise<Samples<LargeBodySample>> => {
    const plan = { title: `10 MB ${direction}`, rounds: context.pace.longRounds, withDirect: false };
    return measureInRounds(context, plan, (contender) => measureOnce(contender, direction, context.pace.seconds));
  };
  return { responses: await measure("responses"), requests: await measure("requests") };
}

async function measureOnce(
  { port, peer }: Contender,
  direction: keyof typeof directions,
  seconds: number,
): Promise<LargeBodySample> {
  const pids = peer?.pids() ?? [];
  const cpuBefore = cpuMicroseconds(pids);
  const { result, peakBytes } = await withPeakResident(
    () => pids,
    () => runClosedLoop({ port, connections, seconds, request: directions[direction] }),
  );
  const megabytes = (result.requests * bodyBytes) / 1e6;
  return {
    megabytesPerSecond: megabytes / (result.microseconds / 1e6),
    cpuUsPerMegabyte: (cpuMicroseconds(pids) - cpuBefore) / megabytes,
    residentBytes: peakBytes,
    errors: result.errors,
  };
}
