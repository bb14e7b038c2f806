/** Reads the text of the configuration file. */
import { open } from "node:fs/promises";

import type { Mistake } from "../mistake.ts";
import type { Origin } from "../origin.ts";

const maxFileBytes = 1_048_576;

/** The text of a file of at most 1 MiB of UTF-8, or the reason why it cannot be read. */
export async function readFileText(file: string): Promise<string | Mistake> {
  const origin: Origin = { kind: "file", file, line: 1, column: 1 };
  try {
    await using handle = await open(file, "r");
    const buffer = new Uint8Array(maxFileBytes + 1);
    let length = 0;
    for (let got = -1; got !== 0 && length < buffer.length; length += got) {
      got = (await handle.read(buffer, length, buffer.length - length)).bytesRead;
    }
    if (length > maxFileBytes) {
      return { origin, path: "", problem: "the file is larger than 1 MiB", expected: "a configuration file" };
    }
    return new TextDecoder("utf-8", { fatal: true }).decode(buffer.subarray(0, length));
  } catch (error) {
    return { origin, path: "", problem: readProblem(error) };
  }
}

const knownProblems: ReadonlyMap<string | undefined, string> = new Map([
  ["ENOENT", "no such file; check the path given with --config or OUTRIDER_CONFIG"],
  ["EACCES", "permission denied; check the permissions of the file"],
  ["EISDIR", "this is a directory; give the file in it"],
  ["ERR_ENCODING_INVALID_ENCODED_DATA", "the file is not UTF-8 text"],
]);

function readProblem(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return knownProblems.get(code) ?? `the file cannot be read: ${message}`;
}
