/** Names of prediction log files, and listing them. */
import { readdir, stat } from "node:fs/promises";
import path from "node:path";

/** A file of the prediction log, of any process; `bytes` is its size when it was listed. */
export interface LogFile {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
}

/** Files that are read: an operator may add files with other names of this pattern. */
const logName = /^predictions-.+\.jsonl$/;

/** Files that {@link logFileName} named. */
const writtenName = /^predictions-\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{8}-\d{6,}\.jsonl$/;

/**
 * The name of the `number`-th file of a process, started at `startedAt` (ISO 8601, UTC). Names sort by time; those of two
 * processes differ by their `tag` of eight hexadecimal digits.
 */
export function logFileName(startedAt: string, tag: string, number: number): string {
  return `predictions-${startedAt.replaceAll(/[-:]/g, "")}-${tag}-${String(number).padStart(6, "0")}.jsonl`;
}

/** Whether a sidecar created the file, by its name: only such files may be deleted. */
export const isWrittenName = (name: string): boolean => writtenName.test(name);

/** The log files of all processes in a folder, oldest first. Rejects when the folder cannot be read. */
export async function listLogFiles(directory: string): Promise<readonly LogFile[]> {
  const names = (await readdir(directory)).filter((name) => logName.test(name)).toSorted();
  const files: LogFile[] = [];
  for (const name of names) {
    const file = path.join(directory, name);
    // A sidecar may delete files while they are listed.
    const found = await stat(file).catch(() => undefined);
    if (found?.isFile() === true) files.push({ path: file, name, bytes: found.size });
  }
  return files;
}
