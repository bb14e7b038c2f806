/** The admin token, read from its file and read again when the file changes (a Secret that is rotated). */
import { open, stat } from "node:fs/promises";
import type { TokenFinding } from "./access.ts";

/** Looks at the Authorization header of a request. */
export type TokenCheck = (authorization: string) => Promise<TokenFinding>;

const maxTokenLength = 4096;
const bearer = /^bearer +(?<token>\S+)$/i;

/**
 * A check against the token in `path`; no path, no token. The file is looked at whenever a token is sent; one that
 * cannot be read or is empty lets nobody in.
 */
export function createTokenCheck(path: string): TokenCheck {
  const read = createTokenReader(path);
  return async (authorization) => {
    if (path === "") return authorization === "" ? "none_configured" : "wrong";
    if (authorization === "") return "none_sent";
    const sent = bearer.exec(authorization)?.groups?.["token"] ?? "";
    const expected = await read();
    if (expected === "" || sent === "") return "wrong";
    return (await isSame(sent, expected)) ? "right" : "wrong";
  };
}

function createTokenReader(path: string): () => Promise<string> {
  let token = "";
  let version = "";
  return async () => {
    try {
      // Through a symbolic link: a Secret volume swaps the folder behind it, which changes the inode.
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

/** Compares digests, so that neither the content nor the length of the token shows in the time it takes. */
async function isSame(left: string, right: string): Promise<boolean> {
  // Loaded when the first token comes: most sidecars never see one.
  const { hash, timingSafeEqual } = await import("node:crypto");
  return timingSafeEqual(hash("sha256", left, "buffer"), hash("sha256", right, "buffer"));
}
