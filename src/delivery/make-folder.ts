/** Creates folders. */
import { mkdir } from "node:fs/promises";
import path from "node:path";

/**
 * Like `mkdir -p`, with permissions for the owner and the group. Rejects when the folder cannot be created. Node's own
 * `recursive` option is not used: in /proc, where no folder can be created, it never returns (Node 26.10).
 */
export async function makeFolder(directory: string): Promise<void> {
  if (await exists(directory)) return;
  await makeFolder(path.dirname(directory));
  if (!(await exists(directory))) throw new Error(`no folder can be created in ${path.dirname(directory)}`);
}

const mode = 0o750;

/** True when the folder exists now; false when its parent does not. */
async function exists(directory: string): Promise<boolean> {
  try {
    await mkdir(directory, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return false;
    if (code !== "EEXIST") throw error;
  }
  return true;
}
