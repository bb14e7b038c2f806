/** Opens the spool: entries on disk while the other side is away. */
import { makeFolder } from "../make-folder.ts";
import { lockSpool, type SpoolLock } from "./lock.ts";
import type { Spool } from "./spool.ts";
import { SpoolQueue, type SpoolOptions } from "./segment-queue.ts";
import { recoverSpool } from "./recovery.ts";

/** What {@link openSpool} came to. `detail` is a sentence for the log, with the folder and what to do. */
export type SpoolOpening =
  | { readonly kind: "opened"; readonly spool: Spool }
  /** A process that runs uses the folder. */
  | { readonly kind: "locked"; readonly detail: string }
  /** The folder cannot be made, written to or read. */
  | { readonly kind: "unusable"; readonly detail: string };

/**
 * Takes over a folder, which is made when it is not there, and reads what an earlier process has left in it: at the
 * speed of the disk, in a fixed memory. Damage is skipped and counted; files of other names are left alone. Never
 * rejects: a sidecar without a spool still serves.
 */
export async function openSpool(options: SpoolOptions): Promise<SpoolOpening> {
  const { directory } = options;
  try {
    await makeFolder(directory);
    const locked = await lockSpool(directory);
    if (locked.kind === "held") return { kind: "opened", spool: await openLocked(options, locked.lock) };
    const detail = `The spool ${directory} is in use by process ${locked.processId}; give each process a folder of its own.`;
    return { kind: "locked", detail };
  } catch (error) {
    const problem = (error as Error).message;
    const detail = `The spool ${directory} cannot be used (${problem}); make it a folder that this process may write to.`;
    return { kind: "unusable", detail };
  }
}

async function openLocked(options: SpoolOptions, lock: SpoolLock): Promise<Spool> {
  try {
    return new SpoolQueue(options, await recoverSpool(options.directory), lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}
