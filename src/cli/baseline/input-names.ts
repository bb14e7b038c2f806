import { createHash } from "node:crypto";
import path from "node:path";

/** The files' names without their folders. */
export function sourceName(files: readonly string[]): string {
  return files
    .map((file) => path.basename(file))
    .join(", ")
    .slice(0, 1000);
}

/** The digest of one file, or one over the digests of several, a line each. */
export function digestOfAll(digests: readonly string[]): string {
  const [first = "", second] = digests;
  if (second === undefined) return first;
  return `sha256:${createHash("sha256")
    .update(digests.map((digest) => `${digest}\n`).join(""))
    .digest("hex")}`;
}
