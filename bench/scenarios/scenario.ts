/** What the scenarios of the bench have in common. */
import { setTimeout as delay } from "node:timers/promises";
import { residentBytes } from "../host/processes.ts";
import type { Peer, RunningPeer } from "../load/peer.ts";

/** How long and how often things are measured. */
export interface Pace {
  readonly rounds: number;
  /** One closed-loop or open-loop measurement of one peer. */
  readonly seconds: number;
  /** The same, before anything is counted: lets compilers and pools warm up. */
  readonly warmUpSeconds: number;
  /** Rounds of the scenarios that take longer: large bodies, slow clients. */
  readonly longRounds: number;
  readonly startUps: number;
  /** How long idle connections and stalled clients hold still. */
  readonly holdSeconds: number;
  /** How long Loki stands still. */
  readonly stallSeconds: number;
}

/** What a scenario needs to run. */
export interface ScenarioContext {
  readonly pace: Pace;
  readonly peers: readonly Peer[];
  readonly upstreamPort: number;
  /** One line of progress for a person, on stderr. */
  readonly say: (line: string) => void;
}

/** Samples by peer name, one a round, in the order of the rounds. */
export type Samples<Sample> = Readonly<Record<string, readonly Sample[]>>;

/** One thing that is measured in rounds: a peer that runs, or the upstream itself as `direct`. */
export interface Contender {
  readonly name: string;
  readonly port: number;
  readonly peer: RunningPeer | undefined;
}

/**
 * Starts the peers, gives each to `measure` in every round, and stops them. The order is turned by one from round to
 * round, so that none always comes after the same other. A peer that cannot be started or measured stops the bench:
 * a table with a hole would be read as a table without that peer.
 */
export async function measureInRounds<Sample>(
  context: ScenarioContext,
  plan: { readonly title: string; readonly rounds: number; readonly withDirect: boolean },
  measure: (contender: Contender, round: number) => Promise<Sample>,
): Promise<Samples<Sample>> {
  const samples: Record<string, Sample[]> = {};
  await withRunningPeers(context, async (running) => {
    const direct: Contender = { name: "direct", port: context.upstreamPort, peer: undefined };
    const contenders = plan.withDirect ? [direct, ...running] : running;
    // Round 0 is the warm-up; its samples are not kept.
    for (let round = 0; round <= plan.rounds; round += 1) {
      for (let place = 0; place < contenders.length; place += 1) {
        const contender = contenders[(place + round) % contenders.length] as Contender;
        context.say(`${plan.title}: round ${round === 0 ? "0 (warm-up)" : round}/${plan.rounds}, ${contender.name}`);
        const sample = await measureOne(contender, () => measure(contender, round));
        if (round > 0) (samples[contender.name] ??= []).push(sample);
      }
    }
  });
  return samples;
}

/** Starts all peers of the context, runs `action`, and stops them whatever happens. */
export async function withRunningPeers(
  context: ScenarioContext,
  action: (running: readonly Contender[]) => Promise<void>,
): Promise<void> {
  const running: Contender[] = [];
  try {
    for (const peer of context.peers) {
      const started = await peer.start(context.upstreamPort);
      running.push({ name: peer.name, port: started.port, peer: started });
    }
    await action(running);
  } finally {
    for (const contender of running) await contender.peer?.stop();
  }
}

/** Runs `action`; returns its result and the maximum memory that the processes held meanwhile, bytes. */
export async function withPeakResident<Result>(
  pids: () => readonly number[],
  action: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly peakBytes: number }> {
  let peakBytes = residentBytes(pids());
  const over = new AbortController();
  const watching = (async () => {
    while (!over.signal.aborted) {
      await delay(100, undefined, { ref: false });
      peakBytes = Math.max(peakBytes, residentBytes(pids()));
    }
  })();
  try {
    const result = await action();
    return { result, peakBytes: Math.max(peakBytes, residentBytes(pids())) };
  } finally {
    over.abort();
    await watching;
  }
}

async function measureOne<Sample>(contender: Contender, measure: () => Promise<Sample>): Promise<Sample> {
  try {
    const sample = await measure();
    if (contender.peer?.isRunning() === false) throw new Error("its process has ended");
    return sample;
  } catch (error) {
    const output = contender.peer?.lastLines() ?? "";
    throw new Error(`${contender.name}: ${(error as Error).message}\n${output}`, { cause: error });
  }
}
