/**
 * Ensures that a spool belongs to one process. A lock is a symbolic link whose target names its owner: creating one is
 * atomic, works on a full disk too, and never leaves a half-written file.
 *
 * File systems have no compare-and-swap, so a stale lock is not overwritten but succeeded: locks are numbered, the
 * highest one counts, and the process that creates the next number first owns the spool. The highest is never removed,
 * because its number could then be given twice; releasing it creates a successor without an owner.
 */
import { readdir, readFile, readlink, symlink, unlink } from "node:fs/promises";
import path from "node:path";

/** Result of {@link lockSpool}. */
export type SpoolLockResult =
  | { readonly kind: "held"; readonly lock: SpoolLock }
  /** Another running process holds it. */
  | { readonly kind: "locked"; readonly processId: number };

/** A lock that this process holds until it is released or the process ends. */
export interface SpoolLock {
  /** Gives the spool up to other processes. Never rejects. */
  release(): Promise<void>;
}

/**
 * Locks a directory; the lock of a process that has ended does not count. A process is identified by its id, its start
 * time and the boot of the machine. Rejects when no link can be created there.
 *
 * Processes on two machines, or in containers that do not share process ids, cannot tell whether the other one runs.
 */
export async function lockSpool(directory: string): Promise<SpoolLockResult> {
  const own = await identityOf(process.pid);
  for (let tries = 0; tries < maxTries; tries++) {
    const last = (await locksIn(directory)).at(-1) ?? 0;
    const owner = await readlink(lockFile(directory, last)).catch(() => noOwner);
    const processId = Number(owner.split(":", 1)[0]);
    if (await isRunning(owner, processId)) return { kind: "locked", processId };
    if (!(await isMade(own, lockFile(directory, last + 1)))) continue;
    const locks = await locksIn(directory);
    // Another process was faster: the number had been used and removed already.
    const isLate = locks.some((number) => number > last + 1);
    for (const number of locks) {
      if (isLate ? number === last + 1 : number <= last) await remove(lockFile(directory, number));
    }
    if (!isLate) return { kind: "held", lock: { release: () => release(directory, last + 1) } };
  }
  throw new Error("other processes keep taking its lock");
}

/** Owner of a released lock; the text is part of the format on disk. */
const noOwner = "nobody";
const maxTries = 100;

const lockFile = (directory: string, number: number): string => path.join(directory, `spool.lock.${number}`);

/** Numbers of the locks in ascending order. */
async function locksIn(directory: string): Promise<number[]> {
  const numbers = (await readdir(directory)).map((name) => Number(/^spool\.lock\.(\d{1,15})$/.exec(name)?.[1] ?? 0));
  return numbers.filter((number) => number > 0).sort((a, b) => a - b);
}

/** False when the link exists already. */
async function isMade(owner: string, link: string): Promise<boolean> {
  try {
    await symlink(owner, link);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** A lock that cannot be removed does no harm: a higher number counts. */
async function remove(link: string): Promise<void> {
  await unlink(link).catch(() => undefined);
}

async function release(directory: string, number: number): Promise<void> {
  try {
    await symlink(noOwner, lockFile(directory, number + 1));
    await remove(lockFile(directory, number));
  } catch {
    // The lock stays until this process has ended.
  }
}

async function isRunning(owner: string, processId: number): Promise<boolean> {
  if (!Number.isInteger(processId) || processId <= 0) return false;
  if ((await identityOf(processId)) !== owner) return false;
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * Short enough to be stored in the inode of a link. The id alone where /proc is missing, and for a zombie process.
 */
async function identityOf(processId: number): Promise<string> {
  try {
    const status = await readFile(`/proc/${processId}/stat`, "latin1");
    const boot = await readFile("/proc/sys/kernel/random/boot_id", "latin1");
    // The name of the program is in parentheses and may hold anything; the start is the 20th field after it.
    const fields = status.slice(status.lastIndexOf(")") + 2).split(" ");
    const isOver = fields[0] === "Z" || fields[0] === "X";
    return isOver ? `${processId}::` : `${processId}:${fields[19]}:${boot.trim()}`;
  } catch {
    return `${processId}::`;
  }
}
