/** The file that remembers how far the spool was released, so that little is delivered twice after a new start. */
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { spoolChecksum } from "./spool-checksum.ts";
import type { SpoolPosition } from "./spool.ts";

/**
 * Writes the position in place of the one before. Never rejects: with an older position entries are delivered twice,
 * which does no harm. Nothing is synced, for the same reason.
 */
export async function writeCursor(directory: string, position: SpoolPosition): Promise<void> {
  const text = textOf(position);
  const beside = path.join(directory, "spool.cursor.new");
  try {
    await writeFile(beside, text);
    await rename(beside, cursorFile(directory));
  } catch {
    await rm(beside, { force: true }).catch(() => undefined);
  }
}

/** The position that was written last; undefined when there is none that can be read. Never rejects. */
export async function readCursor(directory: string): Promise<SpoolPosition | undefined> {
  let text: string;
  try {
    text = await readFile(cursorFile(directory), "latin1");
  } catch {
    return undefined;
  }
  const [segment, offset] = text.split(" ").map(Number);
  const position: SpoolPosition = { segment: segment ?? 0, offset: offset ?? 0 };
  return text === textOf(position) ? position : undefined;
}

const cursorFile = (directory: string): string => path.join(directory, "spool.cursor");

function textOf({ segment, offset }: SpoolPosition): string {
  const numbers = `${segment} ${offset}`;
  return `${numbers} ${spoolChecksum(numbers).toString(16).padStart(8, "0")}\n`;
}
