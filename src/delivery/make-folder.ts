/** Making a folder and those above it. */
import { mkdir } from "node:fs/promises";
import path from "node:path";

/**
 * As `mkdir -p`, with permissions for the owner and the group. Node's own never ends where a folder is there and none can
 * be made in it, as in /proc. Rejects when it cannot be made.
 */
export async function makeFolder(directory: string): Promise<void> {
  if (await isMade(directory)) return;
  await makeFolder(path.dirname(directory));
  if (!(await isMade(directory))) throw new Error(`no folder can be made in ${path.dirname(directory)}`);
}

const mode = 0o750;

/** It is there now; or, when that is false, the folder that it should be in is not. */
async function isMade(directory: string): Promise<boolean> {
  try {
    await mkdir(directory, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return false;
    if (code !== "EEXIST") throw error;
  }
  return true;
}
