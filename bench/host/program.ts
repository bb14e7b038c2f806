/**
 * Child processes of the bench. Every one is remembered until it has ended, so that the bench leaves nothing behind
 * however it ends itself.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { processTree } from "./processes.ts";
import { productEnvironment } from "../../scripts/product-environment.ts";

/** How to start a program. */
export interface ProgramOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A started program with its output so far; ended by `stop`, or with all others by `stopAllPrograms`. */
export interface Program {
  readonly pid: number;
  /** When it was spawned, on the clock of `performance.now()`, milliseconds. */
  readonly spawnedAtMs: number;
  /** The program and its children that live now. */
  readonly pids: () => readonly number[];
  readonly isRunning: () => boolean;
  /** All that it wrote to stdout so far. */
  readonly stdout: () => string;
  /** The last few lines of stdout and stderr, for an error message. */
  readonly lastLines: () => string;
  /** Resolves with the exit code once it has ended and its output is read; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  /** SIGTERM, after three seconds SIGKILL; resolves once the program and its children are gone. */
  readonly stop: () => Promise<void>;
}

const living = new Set<Program>();
const killAfterMs = 3000;
const keptOutputBytes = 1 << 20;

/** Starts a program with its output captured (1 MiB of each stream, the newest). Never through a shell. */
export function startProgram(options: ProgramOptions): Program {
  const spawnedAtMs = performance.now();
  const child = spawn(options.command, options.args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...productEnvironment(), ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const output = captureOutput(child);
  const ended = new Promise<number | null>((resolve) => {
    child.once("error", (error) => {
      output.stderr += `${options.command}: ${error.message}\n`;
      resolve(-1);
    });
    child.once("close", (code) => resolve(code));
  });
  const program: Program = {
    pid: child.pid ?? -1,
    spawnedAtMs,
    pids: () => (child.pid === undefined ? [] : processTree(child.pid)),
    isRunning: () => child.pid !== undefined && child.exitCode === null && child.signalCode === null,
    stdout: () => output.stdout,
    lastLines: () => `${output.stdout}${output.stderr}`.trimEnd().split("\n").slice(-8).join("\n"),
    ended,
    stop: () => stopProgram(program),
  };
  living.add(program);
  void ended.then(() => living.delete(program));
  return program;
}

/** Runs a program to its end and gives its stdout. Throws, with its last lines, when it fails. */
export async function runProgram(options: ProgramOptions): Promise<string> {
  const program = startProgram(options);
  const code = await program.ended;
  if (code !== 0) throw new Error(`${options.command} ended with ${code}:\n${program.lastLines()}`);
  return program.stdout();
}

/** Ends every program that still lives. */
export async function stopAllPrograms(): Promise<void> {
  await Promise.all([...living].map((program) => program.stop()));
}

/** From now on Ctrl-C and SIGTERM end every program first, then the bench. */
export function stopProgramsOnSignal(): void {
  for (const [signal, exitCode] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    process.once(signal, () => {
      void stopAllPrograms().finally(() => process.exit(exitCode));
    });
  }
}

async function stopProgram(program: Program): Promise<void> {
  if (!program.isRunning()) return;
  const family = program.pids();
  sendSignal(program.pid, "SIGTERM");
  const kill = setTimeout(() => {
    for (const pid of family) sendSignal(pid, "SIGKILL");
  }, killAfterMs);
  await program.ended;
  clearTimeout(kill);
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}

function captureOutput(child: ChildProcess): { stdout: string; stderr: string } {
  const output = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output.stdout = (output.stdout + text).slice(-keptOutputBytes);
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    output.stderr = (output.stderr + text).slice(-keptOutputBytes);
  });
  return output;
}
