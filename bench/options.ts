/** The command line of the bench. */
import { existsSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { peerOfBuild } from "./load/outrider.ts";
import { outriderPeers, peers } from "./load/peers.ts";
import type { Peer } from "./load/peer.ts";
import type { Pace } from "./scenarios/scenario.ts";

/** What can be measured, in the order it runs. */
export const scenarioNames = [
  "start-up",
  "closed-loop",
  "open-loop",
  "large-bodies",
  "stalled-client",
  "idle-connections",
  "slow-clients",
  "scrape",
  "features",
  "log-cost",
  "file-sink",
  "stalled-loki",
] as const;

/** See {@link scenarioNames}. */
export type ScenarioName = (typeof scenarioNames)[number];

/** The parsed command line. */
export type BenchOptions =
  | { readonly kind: "help" }
  | { readonly kind: "micro"; readonly filter: string | undefined; readonly isQuick: boolean }
  | { readonly kind: "wrong"; readonly message: string }
  | LoadOptions;

/** A bench of proxies under load. */
export interface LoadOptions {
  readonly kind: "load";
  readonly peers: readonly Peer[];
  readonly scenarios: readonly ScenarioName[];
  readonly pace: Pace;
  readonly isQuick: boolean;
  /** Where else to write the results as JSON. */
  readonly jsonFile: string | undefined;
  /** False: print only, leave bench/results alone. */
  readonly isKept: boolean;
}

/** What `--help` prints. */
export const usage: string = `npm run bench -- [OPTIONS]

Measures proxies side by side on loopback and prints the cost of each as a ratio to nginx in the same round.
A full run takes about 45 minutes, a quick one 6. Other work on the machine distorts the figures.

  --quick             short rounds, for a first look; nothing is written to bench/results
  --all               also peers that take minutes to build: KServe's agent, Knative's queue-proxy
  --only a,b          only these peers, and always nginx. Known: ${peers.map((peer) => peer.name).join(", ")}
  --before FILE       also the Outrider of another build, e.g. ../before/dist/outrider.mjs, in the same rounds; implies
                      --no-save
  --scenarios a,b     only these scenarios. Known: ${scenarioNames.join(", ")}
  --rounds N          interleaved rounds, 1 to 100 (default 5, quick 2)
  --json FILE         also write the results as JSON to FILE
  --no-save           write nothing to bench/results
  --micro [FILTER]    micro-benchmarks of hot functions instead; only files whose name contains FILTER
  --help              this text
`;

const fullPace: Pace = {
  rounds: 5,
  seconds: 5,
  warmUpSeconds: 2,
  longRounds: 3,
  startUps: 7,
  holdSeconds: 5,
  stallSeconds: 60,
};
const quickPace: Pace = {
  rounds: 2,
  seconds: 1,
  warmUpSeconds: 1,
  longRounds: 1,
  startUps: 2,
  holdSeconds: 1,
  stallSeconds: 4,
};

/** Reads the arguments. Never throws: mistakes are returned as the `wrong` kind. */
export function readOptions(args: readonly string[]): BenchOptions {
  try {
    return interpret(args);
  } catch (error) {
    return { kind: "wrong", message: (error as Error).message };
  }
}

function interpret(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false },
      all: { type: "boolean", default: false },
      only: { type: "string" },
      before: { type: "string" },
      scenarios: { type: "string" },
      rounds: { type: "string" },
      json: { type: "string" },
      "no-save": { type: "boolean", default: false },
      micro: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return { kind: "help" };
  if (values.micro) return { kind: "micro", filter: positionals[0], isQuick: values.quick };
  if (positionals.length > 0) throw new Error(`unexpected argument "${positionals[0]}"`);
  const pace = values.quick ? quickPace : fullPace;
  return {
    kind: "load",
    peers: withBuildBefore(choosePeers(values.only, values.all), values.before),
    scenarios: values.scenarios === undefined ? scenarioNames : chooseScenarios(values.scenarios),
    pace: { ...pace, rounds: values.rounds === undefined ? pace.rounds : readRounds(values.rounds) },
    isQuick: values.quick,
    jsonFile: values.json,
    isKept: !values.quick && !values["no-save"] && values.before === undefined,
  };
}

function choosePeers(only: string | undefined, isAll: boolean): readonly Peer[] {
  if (only === undefined) return peers.filter((peer) => isAll || !peer.isCostly);
  const names = only.split(",");
  refuseUnknown(
    "--only",
    names,
    peers.map((peer) => peer.name),
  );
  return peers.filter((peer) => peer.name === "nginx" || names.includes(peer.name));
}

/** Each Outrider is followed by the same one of the other build. */
function withBuildBefore(chosen: readonly Peer[], bundle: string | undefined): readonly Peer[] {
  if (bundle === undefined) return chosen;
  if (!existsSync(bundle)) throw new Error(`--before: there is no ${bundle}; give the outrider.mjs of a build`);
  return chosen.flatMap((peer) => {
    const own = outriderPeers.find(({ name }) => name === peer.name);
    return own === undefined ? [peer] : [peer, peerOfBuild(own, path.resolve(bundle))];
  });
}

function chooseScenarios(text: string): readonly ScenarioName[] {
  const names = text.split(",");
  refuseUnknown("--scenarios", names, scenarioNames);
  return scenarioNames.filter((name) => names.includes(name));
}

function refuseUnknown(option: string, given: readonly string[], known: readonly string[]): void {
  const unknown = given.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`${option}: unknown "${unknown.join('", "')}"; known: ${known.join(", ")}`);
}

function readRounds(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) < 1 || Number(text) > 100) {
    throw new Error(`--rounds: expected a whole number from 1 to 100, e.g. 5, not "${text}"`);
  }
  return Number(text);
}
