/** The files of the log of predictions: their names, and which of them a folder holds. */
import { readdir, stat } from "node:fs/promises";
import path from "node:path";

/** A file of the log. */
export interface LogFile {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
}

/** What is read: also files that somebody has put there under a name of their own. */
const logName = /^predictions-.+\.jsonl$/;

/** What {@link logFileName} gives. */
const writtenName = /^predictions-\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{8}-\d{6,}\.jsonl$/;

/**
 * The name of the `number`-th file of a process, begun at `beganAt` (ISO 8601, UTC): names sort by time, and those of two
 * processes differ by their `tag` of eight hexadecimal digits.
 */
export function logFileName(beganAt: string, tag: string, number: number): string {
  return `predictions-${beganAt.replaceAll(/[-:]/g, "")}-${tag}-${String(number).padStart(6, "0")}.jsonl`;
}

/** Whether a sidecar has given a file its name: only such files may be deleted. */
export const isWrittenName = (name: string): boolean => writtenName.test(name);

/** The files of a folder, oldest first, of all processes. Rejects when the folder cannot be read. */
export async function listLogFiles(directory: string): Promise<readonly LogFile[]> {
  const names = (await readdir(directory)).filter((name) => logName.test(name)).toSorted();
  const files: LogFile[] = [];
  for (const name of names) {
    const file = path.join(directory, name);
    // The oldest are deleted while others are looked at.
    const found = await stat(file).catch(() => undefined);
    if (found?.isFile() === true) files.push({ path: file, name, bytes: found.size });
  }
  return files;
}
