/** `npm run demo`: a model server, the sidecar in front of it, real rows as traffic, and what is going on. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";

import { chooseDisplay } from "./show/display.ts";
import { helpText, readDemoOptions } from "./options.ts";
import type { DemoOptions } from "./options.ts";
import { play } from "./play.ts";
import { setScene } from "./set-scene.ts";
import { createStage, hasFinishedAsPlanned } from "./processes/stage.ts";

process.exitCode = await main(process.argv.slice(2));

/** Runs the demonstration and gives the exit code: 0 as planned, 1 after a crash, 2 for a wrong command line. */
async function main(args: readonly string[]): Promise<number> {
  const options = readOptionsOr(args, process.stderr);
  if (options === undefined) {
    return 2;
  }
  if (options.help) {
    process.stdout.write(helpText);
    return 0;
  }
  const stage = createStage();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, stage.finish);
  }
  const display = chooseDisplay(options.json, process.stdout, process.stderr);
  const folder = mkdtempSync(path.join(tmpdir(), "outrider-demo-"));
  const production = { stage, options, display, folder };
  try {
    await play(production, await setScene(production));
  } catch (error) {
    if (!hasFinishedAsPlanned(stage.over)) {
      const cause: unknown = stage.over.aborted ? stage.over.reason : error;
      process.stderr.write(`\ndemo: ${cause instanceof Error ? cause.message : String(cause)}\n`);
      return 1;
    }
  } finally {
    await stage.strike();
    rmSync(folder, { recursive: true, force: true });
  }
  return 0;
}

function readOptionsOr(args: readonly string[], errors: NodeJS.WritableStream): DemoOptions | undefined {
  try {
    return readDemoOptions(args);
  } catch (error) {
    errors.write(`demo: ${error instanceof Error ? error.message : String(error)}\nSee npm run demo -- --help\n`);
    return undefined;
  }
}
