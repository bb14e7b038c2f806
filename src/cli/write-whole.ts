import { randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";

import { OutriderError } from "../errors.ts";
import type { CommandContext } from "./command.ts";

/**
 * Writes a file whole or not at all: into a new file beside it, which takes its place when it is on the disk. `-` is
 * standard output. Fails with `file_unwritable`.
 */
export async function writeWhole(file: string, text: string, context: Pick<CommandContext, "write">): Promise<void> {
  if (file === "-") {
    context.write(text);
    return;
  }
  const beside = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(beside, "wx");
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw new OutriderError("file_unwritable", `${file}: ${(error as Error).message}`, { cause: error });
  }
}
