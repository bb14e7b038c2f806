/** The checksum that everything in the spool carries. */
import type Zlib from "node:zlib";

/** CRC-32 as in zip and Ethernet. Zlib is loaded by the first call: it brings 2 MB of resident memory with it. */
export function spoolChecksum(bytes: Uint8Array | string): number {
  zlib ??= process.getBuiltinModule("node:zlib");
  return zlib.crc32(bytes);
}

let zlib: typeof Zlib | undefined;
