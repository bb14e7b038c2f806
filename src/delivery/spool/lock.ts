/**
 * Makes sure that a spool belongs to one process. A lock is a symbolic link whose target names its owner: making one is
 * a single step that also works on a full disk, and it is never seen half-written.
 *
 * Nothing in a file system can be replaced on the condition that it is still what it was. So a lock is not taken over
 * but followed: the locks are numbered, the highest one counts, and whoever makes the next number first has it. The
 * highest is never removed, or a number could be given twice; when it is let go of, it is followed by one of nobody.
 */
import { readdir, readFile, readlink, symlink, unlink } from "node:fs/promises";
import path from "node:path";

/** What asking for the lock gave. */
export type SpoolLockResult =
  | { readonly kind: "held"; readonly lock: SpoolLock }
  /** A process that runs has it. */
  | { readonly kind: "locked"; readonly processId: number };

/** The lock while it is held. */
export interface SpoolLock {
  /** Lets others have it. Never rejects. */
  release(): Promise<void>;
}

/**
 * Takes the lock of a directory, also after a process that is gone. A process is known by its number, its start and the
 * start of the machine. Rejects when no link can be made there.
 *
 * Processes that do not see one another, on two machines or in two containers, do not see one another's locks.
 */
export async function lockSpool(directory: string): Promise<SpoolLockResult> {
  const own = await identityOf(process.pid);
  for (let tries = 0; tries < maxTries; tries++) {
    const last = (await locksIn(directory)).at(-1) ?? 0;
    const owner = await readlink(lockFile(directory, last)).catch(() => nobody);
    const processId = Number(owner.split(":", 1)[0]);
    if (await isRunning(owner, processId)) return { kind: "locked", processId };
    if (!(await isMade(own, lockFile(directory, last + 1)))) continue;
    const locks = await locksIn(directory);
    // Somebody was so much faster that the number had been used and removed again.
    const isLate = locks.some((number) => number > last + 1);
    for (const number of locks) {
      if (isLate ? number === last + 1 : number <= last) await remove(lockFile(directory, number));
    }
    if (!isLate) return { kind: "held", lock: { release: () => release(directory, last + 1) } };
  }
  throw new Error("its lock changes hands all the time");
}

const nobody = "nobody";
const maxTries = 100;

const lockFile = (directory: string, number: number): string => path.join(directory, `spool.lock.${number}`);

/** Numbers of the locks, the highest last. */
async function locksIn(directory: string): Promise<number[]> {
  const numbers = (await readdir(directory)).map((name) => Number(/^spool\.lock\.(\d{1,15})$/.exec(name)?.[1] ?? 0));
  return numbers.filter((number) => number > 0).sort((a, b) => a - b);
}

/** False when the link is there. */
async function isMade(owner: string, link: string): Promise<boolean> {
  try {
    await symlink(owner, link);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** What cannot be removed is in nobody's way. */
async function remove(link: string): Promise<void> {
  await unlink(link).catch(() => undefined);
}

async function release(directory: string, number: number): Promise<void> {
  try {
    await symlink(nobody, lockFile(directory, number + 1));
    await remove(lockFile(directory, number));
  } catch {
    // Its owner will soon be gone.
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
 * Short enough for the inode of a link. Where there is no /proc, and for a process that has ended and whose parent has
 * not asked after it, the id alone.
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
