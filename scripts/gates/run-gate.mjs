/** Runs one gate and counts what passed and failed. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { rootDir, runCommand } from "../setup/command.mjs";

/**
 * @typedef {object} TestTime
 * @property {string} file From the top folder.
 * @property {string} name With the names of its groups before it.
 * @property {number} tookMs
 *
 * @typedef {object} GateResult
 * @property {string} name
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {number} tookMs
 * @property {readonly TestTime[]} slowest Its slowest tests, the slowest first. Empty when the gate runs no tests.
 */

/** How many slow tests a gate names. */
export const maxSlowest = 20;

/**
 * Runs the gate with its output on the terminal, or with none when `quiet`.
 * @param {import("./gates.mjs").Gate} gate
 * @param {{ quiet?: boolean }} [options]
 * @returns {Promise<GateResult>}
 */
export async function runGate(gate, options = {}) {
  const startedAt = performance.now();
  const counts = await (gate.vitest ? runVitest : runOnce)(gate.command, options);
  return { name: gate.name, ...counts, tookMs: performance.now() - startedAt };
}

async function runOnce([program, ...args], options) {
  const { code, output } = await runCommand(program, args, options);
  report(output, options);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0, slowest: [] };
}

async function runVitest([program, ...args], options) {
  const folder = mkdtempSync(path.join(tmpdir(), "outrider-tests-"));
  const file = path.join(folder, "results.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
    const { code, output } = await runCommand(program, [...args, ...reporters], options);
    report(output, options);
    return countTests(code, file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A program that could not be started has left its reason. */
function report(output, { quiet = false }) {
  if (output && !quiet) console.error(output);
}

/** A run that failed without a failed test (a file that does not load, an unhandled error) counts as one failure. */
function countTests(code, file) {
  const report = readReport(file);
  const failed = report?.numFailedTests ?? 0;
  return {
    passed: report?.numPassedTests ?? 0,
    failed: code !== 0 && failed === 0 ? 1 : failed,
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
    slowest: slowestOf(report),
  };
}

function slowestOf(report) {
  const times = (report?.testResults ?? []).flatMap(({ name: file, assertionResults }) =>
    assertionResults.map(({ fullName, duration }) => ({
      file: path.relative(rootDir, file),
      name: fullName,
      tookMs: duration ?? 0,
    })),
  );
  return times.toSorted((a, b) => b.tookMs - a.tookMs).slice(0, maxSlowest);
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
