import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { type ChildProcess, spawn } from "node:child_process";
import { openSync, closeSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll } from "vitest";
import { until } from "../../support/until.ts";

/** How to start one server. */
export interface ServerPlan {
  /** Names its log file. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Working folder of the server, and where its log goes. */
  readonly folder: string;
  /** True once the server answers what it was started for; a rejection counts as "not yet". Given its log so far. */
  readonly isReady: (log: () => string) => Promise<boolean>;
}

/** A server that runs in a process group of its own. */
export interface ServerProcess {
  readonly pid: number;
  /** All that it has printed so far. */
  readonly log: () => string;
  readonly hasExited: () => boolean;
  /** Sends a signal to the server itself, not to its children. */
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Ends the server and everything that it started. */
  readonly stop: () => Promise<void>;
}

/** Generous: a cold Python import on a busy or slow machine. */
const readyLimitMs = 600_000;
const pollMs = 50;
const stopGraceMs = 30_000;

/** Process groups that the tests of this file have started and not ended: none may outlive them. */
const running = new Set<number>();
const endAll = (): void => {
  for (const pid of running) killGroup(pid);
  running.clear();
};
// A test that fails stops nothing; and an interrupted run does not reach its last hook.
afterAll(endAll);
process.once("exit", endAll);

/** Starts a server and waits until it is ready; when it is not in time or ends before, says why with its log. */
export async function startServer(plan: ServerPlan): Promise<ServerProcess> {
  const file = path.join(plan.folder, `${plan.name}.log`);
  const output = openSync(file, "a");
  const child = spawn(plan.command, plan.args, {
    cwd: plan.folder,
    env: { ...process.env, ...plan.env },
    stdio: ["ignore", output, output],
    detached: true,
  });
  closeSync(output);
  if (child.pid !== undefined) running.add(child.pid);
  const failure = new Promise<string>((resolve) => child.once("error", (error) => resolve(error.message)));
  const log = (): string => readFileSync(file, "utf8");
  const server: ServerProcess = {
    pid: child.pid ?? 0,
    log,
    hasExited: () => child.exitCode !== null || child.signalCode !== null,
    signal: (signal) => void child.kill(signal),
    stop: () => stop(child),
  };
  const problem = await Promise.race([failure, untilReady(plan, server)]);
  if (problem === "") return server;
  await server.stop();
  throw new Error(`${plan.name} did not start: ${problem}\n${log().slice(-4_000)}`);
}

async function untilReady(plan: ServerPlan, server: ServerProcess): Promise<string> {
  const deadline = performance.now() + readyLimitMs;
  while (performance.now() < deadline) {
    if (server.hasExited()) return "it ended by itself";
    if (await plan.isReady(server.log).catch(() => false)) return "";
    await delay(pollMs);
  }
  return `it was not ready within ${readyLimitMs} ms`;
}

async function stop(child: ChildProcess): Promise<void> {
  const hasExited = (): boolean => child.exitCode !== null || child.signalCode !== null;
  if (child.pid === undefined) return;
  child.kill("SIGTERM");
  await until(hasExited, "the server to end", stopGraceMs).catch(() => undefined);
  // Workers may outlive the server, and the server its grace: the group is ours, so all of it goes.
  killGroup(child.pid);
  running.delete(child.pid);
  await until(hasExited, "the killed server to end");
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Nothing was left.
  }
}

/** As many free loopback ports, all different. Another process may take one before it is used: start again then. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
