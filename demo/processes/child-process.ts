/** The processes that the demonstration starts, and their orderly end. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { productEnvironment } from "../../scripts/product-environment.ts";

/** What to start. */
export interface ChildCommand {
  /** What it is called in messages. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Beside the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Sees each line that it writes, on either stream. */
  onLine?(line: string): void;
}

/** How a process ended. */
export interface ChildEnd {
  /** True for exit code 0. */
  readonly isSuccess: boolean;
  /** The exit code, the signal, or why it never ran. */
  readonly words: string;
}

/** A started process, at the head of its own process group; stop it, or it outlives the demonstration. */
export interface RunningChild {
  readonly name: string;
  readonly ended: Promise<ChildEnd>;
  /** Its last lines. */
  output(): string;
  /** Asks it to end with SIGTERM, ends it with SIGKILL after `graceMs`, and resolves when it has gone. */
  stop(graceMs: number): Promise<void>;
}

/** Lines of output that are kept for when it crashes. */
const keptLines = 40;

/**
 * Starts a process at the head of a process group of its own: a Ctrl-C in the terminal reaches the demonstration
 * alone, which ends its children in order, each with all that it started.
 */
export function startChild(command: ChildCommand): RunningChild {
  const lines: string[] = [];
  const child = spawn(command.command, command.args, {
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
    env: { ...productEnvironment(), ...command.env },
  });
  for (const stream of [child.stdout, child.stderr]) {
    forEachLine(stream, (line) => {
      lines.push(line);
      lines.splice(0, lines.length - keptLines);
      command.onLine?.(line);
    });
  }
  const ended = new Promise<ChildEnd>((resolve) => {
    child.once("error", (error) => {
      resolve({ isSuccess: false, words: `could not be started: ${error.message}` });
    });
    child.once("close", (code, signal) => {
      resolve({ isSuccess: code === 0, words: signal ?? `exit code ${code}` });
    });
  });
  return {
    name: command.name,
    ended,
    output: () => lines.join("\n"),
    stop: async (graceMs) => {
      signalGroup(child, "SIGTERM");
      const killing = setTimeout(() => {
        signalGroup(child, "SIGKILL");
      }, graceMs);
      await ended;
      clearTimeout(killing);
    },
  };
}

function forEachLine(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(onLine);
  });
  stream.on("end", () => {
    if (rest !== "") {
      onLine(rest);
    }
  });
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) {
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The whole group has gone already.
  }
}
