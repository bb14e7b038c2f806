import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";
import { onTestFinished } from "vitest";

import { until } from "../../support/until.ts";

const main = path.resolve(import.meta.dirname, "../../../src/main.ts");

/** Starting Node with type stripping on a busy machine takes its time. */
const startLimitMs = 60_000;

/** The program in a process of its own. */
export interface Program {
  readonly child: ChildProcess;
  output(): string;
  errors(): string;
  /** Resolves with the exit code, or the signal's name when that ended it. */
  readonly ended: Promise<number | string>;
  /** Resolves with the fields of the first log line that has this text in its message. */
  logged(message: string): Promise<Record<string, unknown>>;
}

/** Nobody has to notice late that a sidecar of a test goes. */
const noLoadBalancer = { OUTRIDER_DRAIN_MIN_MS: "0" };

/** Starts `outrider` with these words; it is killed when the test is over. */
export function startProgram(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Program {
  const child = spawn(process.execPath, [main, ...words], {
    env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", ...noLoadBalancer, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const ended = new Promise<number | string>((resolve) => {
    child.once("close", (code, signal) => resolve(code ?? signal ?? "unknown"));
  });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  const find = (message: string): Record<string, unknown> | undefined =>
    logLines(errors).find((line) => String(line["msg"]).includes(message));
  return {
    child,
    output: () => output,
    errors: () => errors,
    ended,
    logged: async (message) => {
      await until(
        () => find(message) !== undefined,
        () => `no log line with "${message}" in:\n${errors}`,
        startLimitMs,
      );
      return find(message) ?? {};
    },
  };
}

/** The complete JSON lines of a log. */
function logLines(text: string): readonly Record<string, unknown>[] {
  const lines = text.split("\n").slice(0, -1);
  return lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as Record<string, unknown>);
}
