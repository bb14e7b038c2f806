/**
 * What the kernel says about a process and its descendants: CPU time and resident memory, read from /proc. Linux only.
 */
import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks a second in /proc/PID/stat: USER_HZ, which is 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;
const microsecondsPerTick = 1_000_000 / ticksPerSecond;

/** The process and all its living descendants, the given one first. Empty when it is gone. */
export function processTree(pid: number): readonly number[] {
  const found: number[] = [];
  const queue = [pid];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const threads = listDirectory(`/proc/${next}/task`);
    if (threads.length === 0) continue;
    found.push(next);
    for (const thread of threads) {
      const children = readText(`/proc/${next}/task/${thread}/children`).trim();
      if (children !== "") queue.push(...children.split(" ").map(Number));
    }
  }
  return found;
}

/**
 * CPU time, user and system, that the processes have used since they started, microseconds; resolution 10 ms. All
 * threads count, and those that have ended.
 */
export function cpuMicroseconds(pids: readonly number[]): number {
  let ticks = 0;
  for (const pid of pids) ticks += statTicks(readText(`/proc/${pid}/stat`));
  return ticks * microsecondsPerTick;
}

/** CPU time of a process's first thread alone, microseconds; resolution 10 ms. */
export function mainThreadCpuMicroseconds(pid: number): number {
  return statTicks(readText(`/proc/${pid}/task/${pid}/stat`)) * microsecondsPerTick;
}

/** Resident memory of the processes together, bytes. Pages that two of them share count twice. */
export function residentBytes(pids: readonly number[]): number {
  let kibibytes = 0;
  for (const pid of pids) {
    const match = /^VmRSS:\s+(\d+) kB$/m.exec(readText(`/proc/${pid}/status`));
    kibibytes += Number(match?.[1] ?? 0);
  }
  return kibibytes * 1024;
}

function statTicks(stat: string): number {
  // The second field is the program's name in parentheses and may hold spaces: count from after it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
}

function readText(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

function listDirectory(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
