/** Starts the replacement of Loki in a separate process. */
import { fileURLToPath } from "node:url";
import { untilFirstLine } from "../host/first-line.ts";
import { startProgram } from "../host/program.ts";

/** How it behaves: takes pushes, never answers, or answers with 503. */
export type LokiMode = "well" | "stalled" | "failing";

/** What it has taken. */
export interface LokiCounts {
  readonly pushes: number;
  readonly entries: number;
  /** Entries with different times: one that came again is counted once. */
  readonly distinct: number;
}

/** One that runs. */
export interface RunningLoki {
  /** For `loki.url`. */
  readonly url: string;
  readonly setMode: (mode: LokiMode) => Promise<void>;
  readonly counts: () => Promise<LokiCounts>;
  readonly stop: () => Promise<void>;
}

/** Starts it; it is well. */
export async function startLoki(): Promise<RunningLoki> {
  const program = startProgram({
    command: process.execPath,
    args: [fileURLToPath(new URL("loki.ts", import.meta.url))],
  });
  const url = `http://127.0.0.1:${await untilFirstLine(program, "what stands in for Loki")}`;
  return {
    url,
    setMode: async (mode) => {
      const { ok, status } = await fetch(`${url}/mode/${mode}`, { method: "PUT" });
      if (!ok) throw new Error(`what stands in for Loki answered ${status}`);
    },
    counts: async () => (await (await fetch(`${url}/counts`)).json()) as LokiCounts,
    stop: program.stop,
  };
}
