/** One set-up at a time on a machine: two would unpack into the same folders. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { say } from "./console.mjs";

const pollMs = 500;

/**
 * Runs `action` while holding the lock file; waits for another living process that holds it. A lock whose owner has
 * died is taken over.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} action
 * @returns {Promise<T>}
 */
export async function withLock(file, action) {
  mkdirSync(path.dirname(file), { recursive: true });
  let isAnnounced = false;
  while (!take(file)) {
    if (!isAnnounced) say(`  waiting for another set-up (${file})`);
    isAnnounced = true;
    await delay(pollMs);
  }
  try {
    return await action();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch {
    if (isOwnerAlive(file)) return false;
    rmSync(file, { force: true });
    return take(file);
  }
}

function isOwnerAlive(file) {
  try {
    const pid = Number(readFileSync(file, "utf8"));
    // An empty file is one that its owner is just writing.
    if (pid > 0) process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
