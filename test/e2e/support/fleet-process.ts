import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import type { FleetProgramOptions, FlushReport } from "./fleet-report.ts";

/** A replica in a process. */
export interface ReplicaProcess {
  readonly replicaId: () => string;
  /** The counts of each flush, by its number, which is its sequence. */
  readonly published: ReadonlyMap<number, readonly number[]>;
  /** The last flush that Redis has acknowledged; 0 before. */
  readonly acknowledged: () => number;
  readonly isLeader: () => boolean;
  readonly token: () => number;
  readonly pid: number;
  signal(signal: NodeJS.Signals): void;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const program = fileURLToPath(new URL("fleet-program.ts", import.meta.url));
const running = new Set<() => void>();
afterAll(() => {
  for (const kill of running) kill();
});

/** Starts a replica and records its reports. */
export function startReplica(options: FleetProgramOptions): ReplicaProcess {
  const child = spawn(process.execPath, [program, JSON.stringify(options)], { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const kill = (): void => void child.kill("SIGKILL");
  running.add(kill);
  void exited.then(() => running.delete(kill));
  const published = new Map<number, readonly number[]>();
  let replicaId = "";
  let last = { flush: 0, isLeader: false, token: 0 };
  const lines = createInterface({ input: child.stdout });
  const ended = once(lines, "close");
  lines.on("line", (line) => {
    const report = JSON.parse(line) as FlushReport;
    replicaId = report.replicaId;
    if (report.kind === "publishing") published.set(report.flush, report.counts);
    else last = report;
  });
  const end = async (action: () => void): Promise<void> => {
    action();
    await exited;
    await ended;
  };
  return {
    replicaId: () => replicaId,
    published,
    acknowledged: () => last.flush,
    isLeader: () => last.isLeader,
    token: () => last.token,
    pid: child.pid ?? 0,
    signal: (signal) => void child.kill(signal),
    kill: () => end(kill),
    stop: () => end(() => child.stdin.end()),
  };
}
