/**
 * 20,000 records a second into files, on the thread of a relay that serves 500 requests a second meanwhile: what do they
 * wait for it, and is every record there? Compared with the same run without records.
 */
import { rmSync } from "node:fs";
import { makeScratchFolder } from "../host/scratch-folder.ts";
import type { FeedingReport } from "../predictions/feeding-relay.ts";
import { readWrittenRecords, startFeedingRelay, type WrittenRecords } from "../predictions/start-feeding-relay.ts";
import { type OpenLoopSample, runOpenLoop } from "./open-loop.ts";
import type { ScenarioContext } from "./scenario.ts";

/** One round. */
export interface FileSinkSample {
  readonly without: OpenLoopSample;
  readonly during: OpenLoopSample;
  readonly feeding: FeedingReport;
  readonly files: WrittenRecords;
}

const recordsPerSecond = 20_000;
const requestsPerSecond = 500;
const warmUpSeconds = 3;
/** The target is for ten seconds; a quick run takes as long as its pace says. */
const factor = 2;

/** Runs the scenario `longRounds` times. */
export async function measureFileSink({
  pace,
  upstreamPort,
  say,
}: ScenarioContext): Promise<readonly FileSinkSample[]> {
  const samples: FileSinkSample[] = [];
  for (let round = 1; round <= pace.longRounds; round += 1) {
    say(`file sink: round ${round}/${pace.longRounds}`);
    samples.push(await measureOnce(upstreamPort, pace.seconds * factor));
  }
  return samples;
}

async function measureOnce(upstreamPort: number, seconds: number): Promise<FileSinkSample> {
  const directory = makeScratchFolder("records");
  try {
    const without = await measureFed({ upstreamPort, directory, recordsPerSecond: 0 }, seconds);
    const during = await measureFed({ upstreamPort, directory, recordsPerSecond }, seconds);
    const files = await readWrittenRecords(directory);
    return { without: without.latency, during: during.latency, feeding: during.feeding, files };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measureFed(
  options: Parameters<typeof startFeedingRelay>[0],
  seconds: number,
): Promise<{ readonly latency: OpenLoopSample; readonly feeding: FeedingReport }> {
  const relay = await startFeedingRelay(options);
  // Until the full rate is reached, and the relay has been compiled.
  await runOpenLoop({ port: relay.port, requestsPerSecond, seconds: warmUpSeconds });
  const latency = await runOpenLoop({ port: relay.port, requestsPerSecond, seconds });
  return { latency, feeding: await relay.stop() };
}
