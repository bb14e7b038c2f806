/** Runs the scenarios that were asked for and puts their results together. */
import { runProgram } from "./host/program.ts";
import { describeMachine } from "./host/machine.ts";
import type { Peer } from "./load/peer.ts";
import type { LoadOptions, ScenarioName } from "./options.ts";
import type { BenchResults, MeasuredPeer, Measurements } from "./report/results.ts";
import { measureClosedLoop } from "./scenarios/closed-loop.ts";
import { measureFeatures } from "./scenarios/features.ts";
import { measureFileSink } from "./scenarios/file-sink.ts";
import { measureIdleConnections } from "./scenarios/idle-connections.ts";
import { measureLargeBodies } from "./scenarios/large-bodies.ts";
import { measureLogCost } from "./scenarios/log-cost.ts";
import { measureOpenLoop } from "./scenarios/open-loop.ts";
import type { ScenarioContext } from "./scenarios/scenario.ts";
import { measureScrape } from "./scenarios/scrape.ts";
import { measureSlowClients } from "./scenarios/slow-clients.ts";
import { measureStalledClient } from "./scenarios/stalled-client.ts";
import { measureStalledLoki } from "./scenarios/stalled-loki.ts";
import { measureStartUp } from "./scenarios/start-up.ts";
import { startUpstream } from "./upstream/start-upstream.ts";

/** Peers of the scenarios that ask for endurance, where only Outrider and the yardstick are of interest. */
const isEnduranceTested = (peer: Peer): boolean => peer.isOutrider || peer.name === "nginx";

/** One entry a scenario: what it adds to the measurements. */
const scenarios: Readonly<Record<ScenarioName, (context: ScenarioContext) => Promise<Measurements>>> = {
  "start-up": async (context) => ({ startUp: await measureStartUp(context) }),
  "closed-loop": async (context) => ({ closedLoop: await measureClosedLoop(context) }),
  "open-loop": async (context) => ({ openLoop: await measureOpenLoop(context) }),
  "large-bodies": async (context) => ({ largeBodies: await measureLargeBodies(context) }),
  "stalled-client": async (context) => ({ stalledClient: await measureStalledClient(forEndurance(context)) }),
  "idle-connections": async (context) => ({ idleConnections: await measureIdleConnections(forEndurance(context)) }),
  "slow-clients": async (context) => ({ slowClients: await measureSlowClients(forEndurance(context)) }),
  scrape: async (context) => ({ scrape: await measureScrape(context) }),
  features: async (context) => ({ features: await measureFeatures(context) }),
  "log-cost": async (context) => ({ logCost: await measureLogCost(context) }),
  "file-sink": async (context) => ({ fileSink: await measureFileSink(context) }),
  "stalled-loki": async (context) => ({ stalledLoki: await measureStalledLoki(context) }),
};

/** Runs everything. Peers that are not installed are named on stderr and left out; without nginx it throws. */
export async function runLoad(options: LoadOptions, command: string): Promise<BenchResults> {
  const say = (line: string): void => console.error(line);
  const machine = describeMachine();
  const available = options.peers.filter((peer) => {
    if (!peer.isAvailable()) say(`LEFT OUT: ${peer.name} is not installed. ${peer.remedy}`);
    return peer.isAvailable();
  });
  if (available[0]?.name !== "nginx") throw new Error("nginx is the yardstick and must be installed");
  const upstream = await startUpstream();
  const context: ScenarioContext = { pace: options.pace, peers: available, upstreamPort: upstream.port, say };
  let measurements: Measurements = {};
  for (const name of options.scenarios) measurements = { ...measurements, ...(await scenarios[name](context)) };
  await upstream.stop();
  return {
    date: new Date().toISOString().slice(0, 10),
    command,
    commit: await currentCommit(),
    machine,
    pace: options.pace,
    peers: await Promise.all(available.map(describePeer)),
    measurements,
  };
}

function forEndurance(context: ScenarioContext): ScenarioContext {
  return { ...context, peers: context.peers.filter(isEnduranceTested) };
}

async function describePeer(peer: Peer): Promise<MeasuredPeer> {
  return { name: peer.name, title: peer.title, version: await peer.version() };
}

async function currentCommit(): Promise<string> {
  try {
    const commit = await runProgram({ command: "git", args: ["rev-parse", "--short", "HEAD"] });
    const changes = await runProgram({ command: "git", args: ["status", "--porcelain", "--untracked-files=no"] });
    return `${commit.trim()}${changes.trim() === "" ? "" : " with changes"}`;
  } catch {
    return "unknown";
  }
}
