/** The file that stores how far the spool was released, so that little is delivered twice after a restart. */
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { checksum } from "./frame.ts";
import type { SpoolPosition } from "./spool.ts";

/**
 * Replaces the stored position. Never rejects and never syncs: with an older position some entries are delivered twice,
 * which does no harm.
 */
export async function writeCursor(directory: string, position: SpoolPosition): Promise<void> {
  const text = textOf(position);
  const temporary = path.join(directory, "spool.cursor.new");
  try {
    await writeFile(temporary, text);
    await rename(temporary, cursorFile(directory));
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** The stored position; undefined when there is none, or its checksum is wrong. Never rejects. */
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
  return `${numbers} ${checksum(numbers).toString(16).padStart(8, "0")}\n`;
}
