/** The admin token: read from its file, and read again when the file changes (a rotated Secret). */
import { open, stat } from "node:fs/promises";
import type { TokenStatus } from "./access.ts";

/** Checks the Authorization header of a request. Never rejects. */
export type TokenCheck = (authorization: string) => Promise<TokenStatus>;

const maxTokenLength = 4096;
const bearer = /^bearer +(?<token>\S+)$/i;

/**
 * Checks against the token in the file `path`; an empty path means that no token is configured. The file's metadata is
 * read whenever a token is sent. While the file is unreadable or empty, every token is invalid.
 */
export function createTokenCheck(path: string): TokenCheck {
  const read = createTokenReader(path);
  return async (authorization) => {
    if (path === "") return authorization === "" ? "not_configured" : "invalid";
    if (authorization === "") return "missing";
    const sent = bearer.exec(authorization)?.groups?.["token"] ?? "";
    const expected = await read();
    if (expected === "" || sent === "") return "invalid";
    return (await isSame(sent, expected)) ? "valid" : "invalid";
  };
}

function createTokenReader(path: string): () => Promise<string> {
  let token = "";
  let version = "";
  return async () => {
    try {
      // stat follows symbolic links: a Secret volume swaps the folder behind one, which changes the inode.
      const { ino, mtimeMs, size } = await stat(path);
      const found = `${ino}/${mtimeMs}/${size}`;
      if (found !== version) {
        token = await readToken(path);
        version = found;
      }
      return token;
    } catch {
      version = "";
      return "";
    }
  };
}

async function readToken(path: string): Promise<string> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(maxTokenLength), 0, maxTokenLength, 0);
    return buffer.toString("utf8", 0, bytesRead).trim();
  } finally {
    await file.close();
  }
}

/** Compares digests, so that the time it takes reveals neither the content nor the length of the token. */
async function isSame(left: string, right: string): Promise<boolean> {
  // Loaded with the first token: most sidecars never get one.
  const { hash, timingSafeEqual } = await import("node:crypto");
  return timingSafeEqual(hash("sha256", left, "buffer"), hash("sha256", right, "buffer"));
}
