/**
 * The clients of the bench run in processes of their own, so that their work is not counted with anyone else's and
 * does not disturb the timing of the bench. Each takes its options as JSON in its one argument and prints one line of
 * JSON at its end.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findProgram } from "../host/find-program.ts";
import { type Program, runProgram, startProgram } from "../host/program.ts";
import { makeScratchFolder } from "../host/scratch-folder.ts";
import { predictionBodies, usualNumbers } from "./prediction-bodies.ts";

/** Starts a client of this folder, by file name, without waiting for it. */
export function startClient(file: string, options: unknown): Program {
  return startProgram({ command: process.execPath, args: [clientPath(file), JSON.stringify(options)] });
}

/** Runs a client of this folder to its end and gives what it reports. */
export async function runClient<Report>(file: string, options: unknown): Promise<Report> {
  const stdout = await runProgram({ command: process.execPath, args: [clientPath(file), JSON.stringify(options)] });
  return lastJsonLine(stdout) as Report;
}

/** What wrk reports; times in microseconds. */
export interface WrkReport {
  readonly requests: number;
  readonly microseconds: number;
  /** Response bytes, heads included. */
  readonly bytes: number;
  /** Connections that broke, answers other than 2xx and 3xx, and time-outs. */
  readonly errors: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly maxUs: number;
}

/** A closed loop: each of the connections sends its next request when the last is answered. */
export interface ClosedLoop {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** Left out: predictions are asked for, see {@link predictionBodies}. */
  readonly request?: { readonly method: "GET" | "POST"; readonly path: string; readonly bodyBytes: number };
  /** Numbers of each prediction's row; left out: 40. */
  readonly numbers?: number;
}

/** Share of failed requests from which a round says nothing: refusing is cheaper than relaying. */
const maxErrors = 0.01;

/** Runs wrk on one thread. Throws when none was answered, or more than one in a hundred failed or was refused. */
export async function runClosedLoop(loop: ClosedLoop): Promise<WrkReport> {
  const { request, numbers = usualNumbers } = loop;
  const stdout = await runProgram({
    command: findProgram("wrk") ?? "wrk",
    args: ["-t", "1", "--latency", "--timeout", "30s"].concat(
      ["-c", String(loop.connections), "-d", `${loop.seconds}s`, "-s", clientPath("closed-loop.lua")],
      [`http://127.0.0.1:${loop.port}`, "--"],
      request === undefined
        ? ["POST", "/invocations", bodyFile(numbers)]
        : [request.method, request.path, String(request.bodyBytes)],
    ),
  });
  const report = lastJsonLine(stdout) as WrkReport;
  if (report.requests === 0) throw new Error("not one request was answered");
  if (report.errors > report.requests * maxErrors) {
    throw new Error(`${report.errors} of ${report.requests} requests failed or were refused`);
  }
  return report;
}

/** Files of bodies that are written already, by the numbers in each body. */
const bodyFiles = new Map<number, string>();

function bodyFile(numbers: number): string {
  const written = bodyFiles.get(numbers);
  if (written !== undefined) return written;
  const file = join(makeScratchFolder("bodies"), `${numbers}-numbers`);
  writeFileSync(file, `${predictionBodies(numbers).join("\n")}\n`);
  bodyFiles.set(numbers, file);
  return file;
}

function clientPath(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}

function lastJsonLine(stdout: string): unknown {
  const line = stdout.trimEnd().split("\n").at(-1) ?? "";
  return JSON.parse(line);
}
