/** Runs one gate and counts what passed and failed. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runCommand } from "../setup/command.mjs";

/**
 * @typedef {object} GateResult
 * @property {string} name
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {number} tookMs
 */

/**
 * Runs the gate with its output on the terminal.
 * @param {import("./gates.mjs").Gate} gate
 * @returns {Promise<GateResult>}
 */
export async function runGate(gate) {
  const startedAt = performance.now();
  const counts = gate.vitest ? await runVitest(gate) : await runOnce(gate);
  return { name: gate.name, ...counts, tookMs: performance.now() - startedAt };
}

async function runOnce({ command: [program, ...args] }) {
  const { code, output } = await runCommand(program, args);
  if (output) console.error(output);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

async function runVitest({ command: [program, ...args] }) {
  const folder = mkdtempSync(path.join(tmpdir(), "outrider-tests-"));
  const file = path.join(folder, "results.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
    const { code, output } = await runCommand(program, [...args, ...reporters]);
    if (output) console.error(output);
    return countTests(code, file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A run that failed without a failed test (a file that does not load, an unhandled error) counts as one failure. */
function countTests(code, file) {
  const report = readReport(file);
  const failed = report?.numFailedTests ?? 0;
  return {
    passed: report?.numPassedTests ?? 0,
    failed: code !== 0 && failed === 0 ? 1 : failed,
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
  };
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
