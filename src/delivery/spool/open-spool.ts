/** Opens a spool. */
import { makeFolder } from "../make-folder.ts";
import { lockSpool, type SpoolLock } from "./lock.ts";
import type { Spool } from "./spool.ts";
import { SegmentQueue, type SpoolOptions } from "./segment-queue.ts";
import { recoverSpool } from "./recovery.ts";

/** Result of {@link openSpool}. `detail` is a sentence for the log with the folder and the remedy. */
export type SpoolOpening =
  | { readonly kind: "opened"; readonly spool: Spool }
  /** Another running process uses the folder. */
  | { readonly kind: "locked"; readonly detail: string }
  /** The folder cannot be created, written or read. */
  | { readonly kind: "unusable"; readonly detail: string };

/**
 * Locks a folder, which is created when it is missing, and reads what an earlier process left in it, at the speed of the
 * disk and in constant memory. Damage is skipped and counted; files with other names are left alone. Never rejects: a
 * sidecar without a spool still serves.
 */
export async function openSpool(options: SpoolOptions): Promise<SpoolOpening> {
  const { directory } = options;
  try {
    await makeFolder(directory);
    const locked = await lockSpool(directory);
    if (locked.kind === "held") return { kind: "opened", spool: await openLocked(options, locked.lock) };
    const detail = `The spool ${directory} is in use by process ${locked.processId}; give each process its own folder.`;
    return { kind: "locked", detail };
  } catch (error) {
    const problem = (error as Error).message;
    const detail = `The spool ${directory} cannot be used (${problem}); use a folder that this process may write to.`;
    return { kind: "unusable", detail };
  }
}

async function openLocked(options: SpoolOptions, lock: SpoolLock): Promise<Spool> {
  try {
    return new SegmentQueue(options, await recoverSpool(options.directory), lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}
