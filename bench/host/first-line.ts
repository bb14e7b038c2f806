/** Waits for what a program says when it is ready. */
import { setTimeout as delay } from "node:timers/promises";
import type { Program } from "./program.ts";

const startLimitMs = 10_000;

/** The first line that the program writes to stdout. Throws with its last lines when it ends first, or after 10 s. */
export async function untilFirstLine(program: Program, name: string): Promise<string> {
  while (!program.stdout().includes("\n")) {
    if (!program.isRunning() || performance.now() - program.spawnedAtMs > startLimitMs) {
      throw new Error(`${name} did not start:\n${program.lastLines()}`);
    }
    await delay(5);
  }
  return program.stdout().split("\n")[0] ?? "";
}
