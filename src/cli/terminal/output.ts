/** Where the output of a command goes: standard output, or a file that is replaced whole. */
import { randomUUID } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { lstat, open, realpath, rename, rm, stat, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { getSystemErrorMessage } from "node:util";

import { OutriderError } from "../../errors/outrider-error.ts";
import { flagText, type CommandContext, type Invocation } from "../program/command.ts";

/** The target of `-o FILE`, examined before the work starts, so that a wrong one fails at once. */
export type WriteTarget =
  | { readonly kind: "standard-output" }
  /** A file, new or to be replaced. `name` is as the user wrote it, `file` the path behind a symbolic link. */
  | { readonly kind: "file"; readonly name: string; readonly file: string; readonly there: Stats | undefined }
  /** A device or a pipe: written into, not replaced. */
  | { readonly kind: "stream"; readonly name: string };

/** The file that `--output` names, `-` for standard output; empty when the flag is not given. */
export function outputName(invocation: Invocation): string {
  const output = flagText(invocation, "--output") ?? "";
  // Under either name, a report must not get into what is written to standard output.
  return output === "/dev/stdout" ? "-" : output;
}

/**
 * Resolves a name: `-` is standard output, a symbolic link stands for its file. Fails with `file_unwritable` for a
 * directory, for a link to nothing, and for a file whose folder does not exist.
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
 * Writes a file whole or not at all: into a temporary file in the same folder, which is synced to disk and then renamed over it,
 * with the permissions of the old file. Fails with `file_unwritable`, which names the file as the user did.
 */
export async function writeWhole(
  target: WriteTarget,
  text: string,
  context: Pick<CommandContext, "write">,
): Promise<void> {
  if (target.kind === "standard-output") context.write(text);
  else await writeWholeInParts(target, async (append) => append(text));
}

/** Appends to the output. Rejects with `file_unwritable`. */
export type Append = (part: string | Uint8Array) => Promise<void>;

/** Like {@link writeWhole}, in parts. When `produce` fails, its error is passed on and the old file stays as it was. */
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
  if ((await unlessAbsent(lstat(name))) !== undefined) throw new Error("it is a link to a file that does not exist");
  const folder = path.dirname(name);
  if ((await unlessAbsent(stat(folder))) === undefined) throw new Error("its folder does not exist");
  return { kind: "file", name, file: name, there };
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
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await naming(target, open(temporary, "wx"));
    try {
      if (there !== undefined) await naming(target, handle.chmod(there.mode & 0o777));
      await write(handle);
      await naming(target, handle.sync());
    } finally {
      await handle.close();
    }
    await naming(target, rename(temporary, file));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** The system's own message would name the temporary file. */
function unwritable(name: string, error: unknown): OutriderError {
  const { errno, message } = error as NodeJS.ErrnoException;
  const problem = errno === undefined ? message : getSystemErrorMessage(errno);
  return new OutriderError("file_unwritable", `${name}: ${problem}`, { cause: error });
}

/**
 * Waits until at most `maxBytes` of what was written to standard output are still in memory. Writes to a pipe return at
 * once, so a writer that does not wait could fill the memory, and lose what is left when the process ends.
 */
export async function outputTaken(maxBytes = 0): Promise<void> {
  const { stdout } = process;
  if (stdout.writableLength <= maxBytes) return;
  // main.ts ends the process when the reader has closed the pipe.
  await new Promise<void>((resolve) => stdout.write("", () => resolve()));
}
