/**
 * Where bodies should be processed: on the event loop between requests, or in a worker thread that is fed through shared
 * memory or by messages. `node bench/micro/capture-threads.ts [rounds]` runs every way at two rates in processes of their
 * own, interleaved, and prints medians with the least and the greatest value. CPU and memory are beyond what the driver
 * alone takes in the same round. A round takes a minute.
 */
import { fork } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { makeScratchFolder } from "../host/scratch-folder.ts";
import { median } from "../report/statistics.ts";
import { fixed, markdownTable } from "../report/table.ts";
import { type Findings, type Order, type Way, ways } from "./capture-ways.ts";

const rates = [5000, 20_000] as const;
const seconds = 5;

/** The process as the product is shipped: one bundle, so that no type stripper counts as memory. */
async function bundleWays(): Promise<string> {
  const outfile = path.join(makeScratchFolder("capture"), "capture-ways.mjs");
  const entry = fileURLToPath(new URL("capture-ways.ts", import.meta.url));
  await build({ entryPoints: [entry], outfile, bundle: true, platform: "node", format: "esm", logLevel: "warning" });
  return outfile;
}

function measure(program: string, order: Order): Promise<Findings> {
  const child = fork(program, { execArgv: [] });
  const { promise, resolve, reject } = Promise.withResolvers<Findings>();
  child.once("message", (findings) => resolve(findings as Findings));
  child.once("exit", (code) => reject(new Error(`the measured process ended with ${code}`)));
  child.send(order);
  return promise;
}

type Results = Record<Way, Findings[]>;

async function measureRounds(program: string, perSecond: number, rounds: number): Promise<Results> {
  const results: Results = { none: [], loop: [], "worker-ring": [], "worker-messages": [] };
  for (let round = 0; round < rounds; round++) {
    for (const way of ways) results[way].push(await measure(program, { way, perSecond, seconds }));
  }
  return results;
}

function rowOf(results: Results, way: Way): readonly string[] {
  const beyond = (figure: (findings: Findings) => number): readonly number[] =>
    results[way].map((findings, round) => figure(findings) - figure(results.none[round] as Findings));
  const cost = (figure: (findings: Findings) => number): string =>
    spread(
      beyond((findings) => figure(findings) / findings.exchanges),
      2,
    );
  return [
    way,
    cost((findings) => findings.mainMicroseconds),
    cost((findings) => findings.totalMicroseconds),
    spread(
      beyond(({ residentBytes }) => residentBytes / 1e6),
      1,
    ),
    spread(
      results[way].map(({ highDelayMs }) => highDelayMs),
      2,
    ),
    spread(
      results[way].map(({ worstDelayMs }) => worstDelayMs),
      1,
    ),
    spread(
      results[way].map(({ readExchanges }) => readExchanges),
      0,
    ),
  ];
}

const spread = (values: readonly number[], decimals: number): string =>
  `${fixed(median(values), decimals)} (${fixed(Math.min(...values), decimals)}–${fixed(Math.max(...values), decimals)})`;

const head = ["way", "main µs", "total µs", "RSS MB", "timer late p99.9 ms", "worst ms", "read"];
const rounds = Number(process.argv[2] ?? 5);
const program = await bundleWays();
for (const perSecond of rates) {
  const results = await measureRounds(program, perSecond, rounds);
  console.log(`\n${perSecond} exchanges a second, ${rounds} rounds of ${seconds} s\n`);
  console.log(
    markdownTable(
      head,
      ways.map((way) => rowOf(results, way)),
    ),
  );
}
