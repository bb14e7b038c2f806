/** Starts the model server of the bench in a process of its own. */
import { fileURLToPath } from "node:url";
import { setTimeout as delay } from "node:timers/promises";
import { type Program, startProgram } from "../host/program.ts";

/** A running upstream. */
export interface Upstream {
  readonly port: number;
  readonly program: Program;
  readonly stop: () => Promise<void>;
}

const startLimitMs = 10_000;

/** Starts the upstream and waits until it has said its port. */
export async function startUpstream(): Promise<Upstream> {
  const program = startProgram({
    command: process.execPath,
    args: [fileURLToPath(new URL("upstream.ts", import.meta.url))],
  });
  while (!program.stdout().includes("\n")) {
    if (!program.isRunning() || performance.now() - program.spawnedAtMs > startLimitMs) {
      throw new Error(`the upstream of the bench did not start:\n${program.lastLines()}`);
    }
    await delay(5);
  }
  return { port: Number(program.stdout()), program, stop: () => program.stop() };
}
