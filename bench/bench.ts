/** `npm run bench`: see `--help`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stopAllPrograms, stopProgramsOnSignal } from "./host/program.ts";
import { runMicro } from "./micro/run-micro.ts";
import { type LoadOptions, readOptions, usage } from "./options.ts";
import { renderReport } from "./report/report.ts";
import { runLoad } from "./run-load.ts";

const args = process.argv.slice(2);
const options = readOptions(args);
stopProgramsOnSignal();

switch (options.kind) {
  case "help":
    console.log(usage);
    break;
  case "wrong":
    console.error(`${options.message}\n\n${usage}`);
    process.exitCode = 2;
    break;
  case "micro":
    await runMicro(options);
    break;
  case "load":
    await benchUnderLoad(options);
    break;
}

async function benchUnderLoad(load: LoadOptions): Promise<void> {
  try {
    const results = await runLoad(load, ["npm run bench --", ...args].join(" ").replace(/ --$/, ""));
    const json = `${JSON.stringify(results, null, 1)}\n`;
    const report = renderReport(results);
    if (load.isKept) keep(results.date, json, report);
    if (load.jsonFile !== undefined) writeFileSync(load.jsonFile, json);
    process.stdout.write(report);
  } catch (error) {
    console.error(`bench: ${(error as Error).message}`);
    process.exitCode = 1;
  } finally {
    await stopAllPrograms();
  }
}

function keep(date: string, json: string, report: string): void {
  const folder = fileURLToPath(new URL("results", import.meta.url));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${date}.json`), json);
  writeFileSync(join(folder, `${date}.md`), report);
}
