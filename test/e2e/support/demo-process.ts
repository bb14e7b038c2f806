import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Moment, Scene } from "../../../demo/show/show.ts";
import { until } from "../../support/until.ts";

const script: string = path.resolve(import.meta.dirname, "..", "..", "..", "demo", "demo.ts");

/** A line that the demonstration writes with `--json`. */
export type DemoLine = ({ readonly kind: "started" } & Scene) | ({ readonly kind: "interval" | "ended" } & Moment);

/** The demonstration, running with `--json` on free ports. */
export interface DemoProcess {
  readonly pid: number;
  readonly lines: () => readonly DemoLine[];
  readonly errors: () => string;
  /** Resolves to the exit code, or to the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Sends a signal to the demonstration alone. */
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Waits until a line like this has been written; rejects when the demonstration ends before. */
  readonly seen: (isWanted: (line: DemoLine) => boolean, what: string) => Promise<DemoLine>;
}

/** Training, Python imports, the start of a real server and two windows of drift on a machine a fifth as fast. */
const patienceMs = 600_000;

/** Starts it. Whoever starts it ends it: with `signal`, or `--duration`. */
export function startDemo(...args: readonly string[]): DemoProcess {
  const anyPort = ["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"];
  const child = spawn(process.execPath, [script, "--json", ...anyPort, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let errors = "";
  let hasEnded = false;
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once("close", (code, signal) => {
      hasEnded = true;
      resolve(signal ?? code ?? 0);
    });
  });
  const lines = (): DemoLine[] => {
    const whole = output.slice(0, output.lastIndexOf("\n") + 1);
    return whole.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as DemoLine]));
  };
  return {
    pid: child.pid ?? 0,
    lines,
    errors: () => errors,
    ended,
    signal: (signal) => void child.kill(signal),
    seen: async (isWanted, what) => {
      await until(
        () => hasEnded || lines().some(isWanted),
        () => `${what}\n${errors}`,
        patienceMs,
      );
      const found = lines().find(isWanted);
      if (found === undefined) throw new Error(`the demonstration ended without ${what}\n${errors}`);
      return found;
    },
  };
}

/** A process as /proc shows it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** Everything that descends from a process, as /proc has it now. */
export function descendantsOf(pid: number): readonly ProcessEntry[] {
  const all = readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? readEntry(Number(name)) : []));
  const found: ProcessEntry[] = [];
  for (let parents = [pid]; parents.length > 0;) {
    const children = all.filter(({ parent }) => parents.includes(parent));
    found.push(...children);
    parents = children.map((child) => child.pid);
  }
  return found;
}

function readEntry(pid: number): readonly ProcessEntry[] {
  try {
    // The second field is the program's name in parentheses and may hold anything; the parent is the second after it.
    const [, parent = "0"] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ");
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    return [{ pid, parent: Number(parent), command }];
  } catch {
    // It ended while the list was read.
    return [];
  }
}

/** True while the process exists and is the one that was seen, not another with its number. */
export function isStillThere({ pid, command }: ProcessEntry): boolean {
  return readEntry(pid).some((entry) => entry.command === command);
}
