/** Starts the relay that is fed with exchanges in a process of its own, and reads the files that it wrote. */
import { createReadStream, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { nodeFlags } from "../../deploy/docker/image.mjs";
import { untilFirstLine } from "../host/first-line.ts";
import { startProgram } from "../host/program.ts";
import type { FeedingOptions, FeedingReport } from "./feeding-relay.ts";
import { numberOfSynthetic } from "./synthetic-exchange.ts";

/** One that runs. */
export interface FeedingRelay {
  readonly port: number;
  /** Ends it once what waited is delivered. */
  readonly stop: () => Promise<FeedingReport>;
}

/** Starts it as the product is started; the feeding begins at once. */
export async function startFeedingRelay(options: FeedingOptions): Promise<FeedingRelay> {
  const program = startProgram({
    command: process.execPath,
    args: [...nodeFlags, fileURLToPath(new URL("feeding-relay.ts", import.meta.url)), JSON.stringify(options)],
  });
  return {
    port: Number(await untilFirstLine(program, "the relay that is fed")),
    stop: async () => {
      process.kill(program.pid, "SIGTERM");
      const code = await program.ended;
      if (code !== 0) throw new Error(`the relay that is fed ended with ${code}:\n${program.lastLines()}`);
      return JSON.parse(program.stdout().trimEnd().split("\n").at(-1) ?? "") as FeedingReport;
    },
  };
}

/** What the files of a folder hold. */
export interface WrittenRecords {
  readonly lines: number;
  /** Lines that are not the record of a synthetic exchange, or repeat one. */
  readonly wrong: number;
}

/** Reads every line of every file. */
export async function readWrittenRecords(folder: string): Promise<WrittenRecords> {
  const seen = new Set<number>();
  let lines = 0;
  let wrong = 0;
  for (const file of readdirSync(folder)) {
    for await (const line of createInterface({ input: createReadStream(join(folder, file)) })) {
      lines++;
      const number = numberOf(line);
      if (Number.isNaN(number) || seen.has(number)) wrong++;
      seen.add(number);
    }
  }
  return { lines, wrong };
}

function numberOf(line: string): number {
  try {
    const { request_id, features } = JSON.parse(line) as { readonly request_id: string; readonly features?: unknown };
    return features === undefined ? Number.NaN : numberOfSynthetic(request_id);
  } catch {
    return Number.NaN;
  }
}
