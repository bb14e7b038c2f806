/**
 * Processor time a request: 32 connections, each with one request in flight, as fast as the proxy goes. What counts
 * is the CPU time of the proxy's processes divided by the requests, as the kernel accounts it.
 */
import { type ClosedLoop, runClosedLoop } from "../clients/run-client.ts";
import { cpuMicroseconds, mainThreadCpuMicroseconds } from "../host/processes.ts";
import { type Contender, measureInRounds, type Samples, type ScenarioContext, withPeakResident } from "./scenario.ts";

/** One round of one peer. */
export interface ClosedLoopSample {
  readonly requestsPerSecond: number;
  /** All processes and threads. */
  readonly cpuUsPerRequest: number;
  /** The first thread of the first process alone: for Outrider, the thread that relays. */
  readonly mainThreadUsPerRequest: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Maximum memory during the round. */
  readonly residentBytes: number;
  readonly errors: number;
}

const connections = 32;

/** Runs the scenario for all peers. */
export function measureClosedLoop(context: ScenarioContext): Promise<Samples<ClosedLoopSample>> {
  const plan = { title: "closed loop", rounds: context.pace.rounds, withDirect: false };
  return measureInRounds(context, plan, (contender, round) =>
    measureClosedLoopOnce(contender, { seconds: round === 0 ? context.pace.warmUpSeconds : context.pace.seconds }),
  );
}

/** One round of one peer. */
export async function measureClosedLoopOnce(
  { port, peer }: Contender,
  loop: Pick<ClosedLoop, "seconds" | "numbers">,
): Promise<ClosedLoopSample> {
  const pids = peer?.pids() ?? [];
  const mainPid = pids[0] ?? 0;
  const cpuBefore = cpuMicroseconds(pids);
  const mainBefore = mainThreadCpuMicroseconds(mainPid);
  const { result, peakBytes } = await withPeakResident(
    () => pids,
    () => runClosedLoop({ ...loop, port, connections }),
  );
  const cpu = cpuMicroseconds(pids) - cpuBefore;
  const main = mainThreadCpuMicroseconds(mainPid) - mainBefore;
  return {
    requestsPerSecond: (result.requests / result.microseconds) * 1e6,
    cpuUsPerRequest: cpu / result.requests,
    mainThreadUsPerRequest: main / result.requests,
    p50Ms: result.p50Us / 1000,
    p99Ms: result.p99Us / 1000,
    residentBytes: peakBytes,
    errors: result.errors,
  };
}
