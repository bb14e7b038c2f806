import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** `sha256:…` of a file's bytes; `took` hears of each piece. */
export async function digestOf(file: string, took: (bytes: number) => void): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, { highWaterMark: 256 * 1024 })) {
    const bytes = chunk as Buffer;
    hash.update(bytes);
    took(bytes.length);
  }
  return `sha256:${hash.digest("hex")}`;
}
