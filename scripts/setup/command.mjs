/**
 * Runs other programs for the scripts: output passed through or kept, signals passed on once, nothing left behind.
 * Plain JavaScript for Node 20, because it runs before the dependencies are installed.
 */
import { spawn } from "node:child_process";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** Top folder of the repository. */
export const rootDir = fileURLToPath(new URL("../..", import.meta.url));

const running = new Set();
let stopSignal = "";

/** How long a program may take to end after a signal was passed on. */
const stopGraceMs = 30_000;
const signalExitCodes = { SIGINT: 130, SIGTERM: 143 };

/**
 * Environment for child processes: the repository's own tools, and so its own Node, come first on PATH.
 * @param {Record<string, string | undefined>} [extra]
 */
export function childEnvironment(extra = {}) {
  const bin = path.join(rootDir, "node_modules", ".bin");
  const rest = (process.env.PATH ?? "").split(path.delimiter).filter((entry) => entry !== bin);
  return { ...process.env, PATH: [bin, ...rest].join(path.delimiter), ...extra };
}

/**
 * Runs a program to its end. With `quiet` the output is kept and returned, else it goes straight to the terminal.
 * Never rejects: a program that cannot be started has `code` 127 and says why in `output`.
 * @param {string} command
 * @param {readonly string[]} [args]
 * @param {{ cwd?: string, env?: Record<string, string | undefined>, quiet?: boolean, input?: string }} [options]
 * @returns {Promise<{ code: number, output: string }>}
 */
export function runCommand(command, args = [], options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? rootDir,
      env: childEnvironment(options.env),
      stdio: [options.input === undefined ? "ignore" : "pipe", ...outputs(options.quiet)],
      // Its own process group: a Ctrl-C in the terminal reaches it once, through here, and its children can be ended.
      detached: true,
    });
    running.add(child);
    let output = "";
    child.stdout?.setEncoding("utf8").on("data", (text) => (output += text));
    child.stderr?.setEncoding("utf8").on("data", (text) => (output += text));
    child.stdin?.end(options.input);
    child.on("error", (error) => {
      running.delete(child);
      resolve({ code: 127, output: `${command}: ${error.message}` });
    });
    child.on("close", (code, signal) => {
      running.delete(child);
      resolve({ code: code ?? signalExitCodes[signal] ?? 1, output });
    });
  });
}

function outputs(quiet) {
  return quiet ? ["pipe", "pipe"] : ["inherit", "inherit"];
}

/**
 * Passes the first SIGINT or SIGTERM on to what runs, waits for it, then ends this process with 130 or 143. A program
 * that does not end in time is killed with everything it started.
 */
export function passSignalsOn() {
  for (const signal of Object.keys(signalExitCodes)) process.on(signal, () => stop(signal));
}

/** True once a signal has come: no further step should start. */
export function isStopping() {
  return stopSignal !== "";
}

function stop(signal) {
  // A terminal and npm both deliver Ctrl-C; the second one means nothing.
  if (stopSignal !== "") return;
  stopSignal = signal;
  const exit = () => process.exit(signalExitCodes[signal]);
  let open = running.size;
  if (open === 0) exit();
  for (const child of running) {
    child.once("close", () => {
      open -= 1;
      if (open === 0) exit();
    });
    child.kill(signal);
  }
  setTimeout(() => {
    for (const child of running) killGroup(child.pid);
    exit();
  }, stopGraceMs);
}

function killGroup(pid) {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Already gone.
  }
}
