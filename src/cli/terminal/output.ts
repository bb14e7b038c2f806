import { randomUUID } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { lstat, open, readlink, realpath, rename, rm, stat, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { getSystemErrorMessage } from "node:util";

import { OutriderError } from "../../errors/outrider-error.ts";
import type { CommandContext } from "../program/command.ts";

/** Where a text goes. */
export type WriteTarget =
  | { readonly kind: "standard-output" }
  /** A file that is there or will be; `name` is what the user called it, `file` where it is when links are followed. */
  | { readonly kind: "file"; readonly name: string; readonly file: string; readonly there: Stats | undefined }
  /** A device, a pipe: nothing that could be replaced. */
  | { readonly kind: "stream"; readonly name: string };

/** Links that are followed where the last of them leads nowhere; the system follows as many. */
const maxLinks = 40;

/**
 * Finds out where a name leads: `-` is standard output, symbolic links are followed, also to a file that is not there
 * yet. Fails with `file_unwritable` for a directory, and for a file whose folder is not there.
 */
export async function writeTarget(name: string): Promise<WriteTarget> {
  if (name === "-") return { kind: "standard-output" };
  try {
    return await targetOf(name);
  } catch (error) {
    throw unwritable(name, error);
  }
}

/**
 * Writes a file whole or not at all: into a new file beside it, which takes its place when it is on the disk, with the
 * permissions of the old one. What is no file is written into. Fails with `file_unwritable`, which names the file as
 * the user did.
 */
export async function writeWhole(
  target: WriteTarget,
  text: string,
  context: Pick<CommandContext, "write">,
): Promise<void> {
  if (target.kind === "standard-output") context.write(text);
  else await writeWholeInParts(target, async (append) => append(text));
}

/** Writes on at the end of what was written. */
export type Append = (part: string | Uint8Array) => Promise<void>;

/** Like {@link writeWhole}, of what comes in parts. An error of `produce` itself is passed on, and nothing is written. */
export async function writeWholeInParts(
  target: Exclude<WriteTarget, { readonly kind: "standard-output" }>,
  produce: (append: Append) => Promise<void>,
): Promise<void> {
  const write = async (handle: FileHandle): Promise<void> => {
    await produce(async (part) => {
      await naming(target, handle.writeFile(part));
    });
  };
  if (target.kind === "file") {
    await replace(target, write);
    return;
  }
  const handle = await naming(target, open(target.name, constants.O_WRONLY));
  try {
    await write(handle);
  } finally {
    await handle.close();
  }
}

async function naming<Value>({ name }: { readonly name: string }, work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    throw unwritable(name, error);
  }
}

async function targetOf(name: string): Promise<WriteTarget> {
  const there = await unlessAbsent(stat(name));
  if (there?.isDirectory() === true) throw new Error("it is a directory; name a file in it");
  if (there?.isFile() === true) return { kind: "file", name, file: await realpath(name), there };
  if (there !== undefined) return { kind: "stream", name };
  const file = await endOfLinks(name);
  if ((await unlessAbsent(stat(path.dirname(file)))) === undefined) throw new Error("its folder does not exist");
  return { kind: "file", name, file, there };
}

/** Where links that lead to nothing end. */
async function endOfLinks(name: string): Promise<string> {
  let file = name;
  for (let links = 0; links < maxLinks; links++) {
    const link = await unlessAbsent(lstat(file));
    if (link?.isSymbolicLink() !== true) break;
    file = path.resolve(path.dirname(file), await readlink(file));
  }
  return file;
}

async function unlessAbsent(looked: Promise<Stats>): Promise<Stats | undefined> {
  try {
    return await looked;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function replace(
  target: Extract<WriteTarget, { readonly kind: "file" }>,
  write: (handle: FileHandle) => Promise<void>,
): Promise<void> {
  const { file, there } = target;
  const beside = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await naming(target, open(beside, "wx"));
    try {
      if (there !== undefined) await naming(target, handle.chmod(there.mode & 0o777));
      await write(handle);
      await naming(target, handle.sync());
    } finally {
      await handle.close();
    }
    await naming(target, rename(beside, file));
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** The system's own message would name the file that was written beside the one that was meant. */
function unwritable(name: string, error: unknown): OutriderError {
  const { errno, message } = error as NodeJS.ErrnoException;
  const problem = errno === undefined ? message : getSystemErrorMessage(errno);
  return new OutriderError("file_unwritable", `${name}: ${problem}`, { cause: error });
}
