/**
 * Runs the micro-benchmarks: every file `bench/micro/*.bench.ts` exports `cases`, functions by name, each of which
 * does its work once; or `report`, which measures in its own way and gives a table.
 */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Bench } from "tinybench";
import { fixed, markdownTable } from "../report/table.ts";

/** What a file of micro-benchmarks exports as `cases`. */
export type MicroCases = Readonly<Record<string, () => unknown>>;

/** What a file of micro-benchmarks exports: one of the two. */
interface MicroFile {
  readonly cases?: MicroCases;
  readonly report?: (isQuick: boolean) => string | Promise<string>;
}

/** A sample is the mean of so many calls: reading the clock costs more than the quickest of them. */
const callsPerSample = 100;

/** Runs all files whose name holds the filter and prints a table for each. */
export async function runMicro(options: {
  readonly filter: string | undefined;
  readonly isQuick: boolean;
}): Promise<void> {
  const folder = fileURLToPath(new URL(".", import.meta.url));
  const files = readdirSync(folder).filter((file) => file.endsWith(".bench.ts") && file.includes(options.filter ?? ""));
  if (files.length === 0) console.error(`no file of bench/micro matches "${options.filter ?? ""}"`);
  for (const file of files.sort()) {
    const { cases, report } = (await import(`./${file}`)) as MicroFile;
    const table =
      report === undefined ? await measureCases(cases ?? {}, options.isQuick) : await report(options.isQuick);
    console.log(`\n## ${file.replace(".bench.ts", "")}\n\n${table}`);
  }
}

async function measureCases(cases: MicroCases, isQuick: boolean): Promise<string> {
  const bench = new Bench({ time: isQuick ? 50 : 500, warmupTime: isQuick ? 20 : 200 });
  for (const [name, run] of Object.entries(cases)) {
    bench.add(name, () => {
      for (let call = 0; call < callsPerSample; call += 1) run();
    });
  }
  await bench.run();
  const rows = bench.tasks.map(({ name, result }) => {
    if (result.state === "errored") throw result.error;
    if (result.state !== "completed") throw new Error(`${name} did not run to its end: ${result.state}`);
    const { p50, mean, p99 } = result.latency;
    return [name, ...[p50, mean, p99].map((ms) => fixed((ms * 1e6) / callsPerSample, 0))];
  });
  return markdownTable(["case", "p50 ns", "mean ns", "p99 ns"], rows);
}
