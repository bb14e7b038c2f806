import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A relay in a process of its own, so that its memory and its files can be counted. */
export interface RelayProcess {
  readonly host: string;
  readonly port: number;
  /** Resident memory now, bytes. */
  rssBytes(): number;
  /** Open file descriptors now. */
  openFiles(): number;
  stop(): Promise<void>;
}

const program = fileURLToPath(new URL("relay-program.ts", import.meta.url));

/** Starts a relay in front of a port of the loopback address. Linux only: it looks into /proc. */
export async function startRelayProcess(upstreamPort: number): Promise<RelayProcess> {
  const child = spawn(process.execPath, [program, String(upstreamPort)], { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const [line] = (await Promise.race([once(child.stdout, "data"), exited])) as [Buffer | number];
  const port = Number(String(line));
  if (!Number.isInteger(port) || port <= 0) throw new Error(`the relay did not start: ${String(line)}`);
  return {
    host: "127.0.0.1",
    port,
    rssBytes: () => {
      const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1];
      return Number(kilobytes) * 1024;
    },
    openFiles: () => readdirSync(`/proc/${child.pid}/fd`).length,
    stop: async () => {
      child.stdin.end();
      await exited;
    },
  };
}
