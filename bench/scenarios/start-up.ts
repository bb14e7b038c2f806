/** Start-up: from starting the process to its first answer, again and again; and its memory before any load. */
import { setTimeout as delay } from "node:timers/promises";
import { residentBytes } from "../host/processes.ts";
import type { Peer } from "../load/peer.ts";
import type { Samples, ScenarioContext } from "./scenario.ts";

/** One start of one peer. */
export interface StartUpSample {
  readonly firstAnswerMs: number;
  /** To the first 200 of `/readyz`; only Outrider has it. */
  readonly readyMs?: number;
  /** A second after the start, with no connection open. */
  readonly residentBytes: number;
}

const settleMs = 1000;

/** Starts and stops every peer several times, the order turned by one from round to round. */
export async function measureStartUp(context: ScenarioContext): Promise<Samples<StartUpSample>> {
  const { peers, pace, say } = context;
  const samples: Record<string, StartUpSample[]> = {};
  for (let round = 0; round < pace.startUps; round += 1) {
    say(`start-up: round ${round + 1}/${pace.startUps}`);
    for (let place = 0; place < peers.length; place += 1) {
      const peer = peers[(place + round) % peers.length] as Peer;
      (samples[peer.name] ??= []).push(await startOnce(peer, context.upstreamPort));
    }
  }
  return samples;
}

async function startOnce(peer: Peer, upstreamPort: number): Promise<StartUpSample> {
  const running = await peer.start(upstreamPort);
  try {
    await delay(settleMs);
    return {
      firstAnswerMs: running.firstAnswerMs,
      ...(running.admin === undefined ? {} : { readyMs: running.admin.readyMs }),
      residentBytes: residentBytes(running.pids()),
    };
  } finally {
    await running.stop();
  }
}
