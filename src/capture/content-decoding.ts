/**
 * Undoes content codings for reading. What is small is decoded at once, what is not on another thread; output is bounded
 * either way, so that a body which claims to be a gigabyte is cut off and not stored.
 */
import type * as Zlib from "node:zlib";
import type { UnreadReason } from "../payload/body-content.ts";
import { codingsOf, type ContentCoding } from "./content-codings.ts";

/** A body without its coding, or why it has none. */
export type Decoded =
  | { readonly kind: "decoded"; readonly bytes: Uint8Array }
  | { readonly kind: "unread"; readonly reason: UnreadReason };

/** As {@link Decoded}, or that it is too much for the event loop. */
export type DecodedSoon = Decoded | { readonly kind: "later" };

/** What the event loop decodes by itself: about 15 µs, at most about 0.2 ms. */
const maxInlineBytes = 16 * 1024;
const maxInlineOutputBytes = 128 * 1024;

/** Largest window that HTTP allows zstd (RFC 9659): a decoder sets that much memory aside. */
const zstdWindowLog = 23;
/** Each piece of output is a way from the other thread and back: fewer than with the usual 16 KiB. */
const chunkSize = 64 * 1024;

/** Decodes what is quickly decoded; `later` says to call {@link decodeOnThread}. The result may be `bytes` itself. */
export function decodeHere(bytes: Uint8Array, contentEncoding: string, maxBytes: number): DecodedSoon {
  if (contentEncoding === "") return { kind: "decoded", bytes };
  const codings = codingsOf(contentEncoding);
  if (codings === undefined) return unsupported;
  if (bytes.length > maxInlineBytes && codings.length > 0) return { kind: "later" };
  let decoded = bytes;
  const limit = Math.min(maxBytes, maxInlineOutputBytes);
  for (const coding of codings) {
    // Brotli fills a window of up to 16 MiB before it gives its first byte: 7 ms for 100 bytes that are meant to hurt.
    if (coding === "br") return { kind: "later" };
    const next = decodeOneHere(decoded, coding, limit);
    if (next.kind === "unread") {
      return next.reason === "decoded_too_large" && limit < maxBytes ? { kind: "later" } : next;
    }
    decoded = next.bytes;
  }
  return { kind: "decoded", bytes: decoded };
}

/** Decodes on a thread of the pool. `bytes` must not change until then. Never rejects. */
export async function decodeOnThread(bytes: Uint8Array, contentEncoding: string, maxBytes: number): Promise<Decoded> {
  const codings = codingsOf(contentEncoding);
  if (codings === undefined) return unsupported;
  let decoded = bytes;
  for (const coding of codings) {
    const next = await decodeOneOnThread(decoded, coding, maxBytes);
    if (next.kind === "unread") return next;
    decoded = next.bytes;
  }
  return { kind: "decoded", bytes: decoded };
}

const unsupported: Decoded = { kind: "unread", reason: "unsupported_encoding" };

/** Loaded by the first coded body: most servers never see one, and zlib brings 2 MB of resident memory with it. */
const zlib = (): typeof Zlib => process.getBuiltinModule("node:zlib");

function decodeOneHere(bytes: Uint8Array, coding: QuickCoding, maxOutputLength: number): Decoded {
  try {
    return decodedFrom(quick[coding](bytes, maxOutputLength));
  } catch (error) {
    return failed(error);
  }
}

type QuickCoding = Exclude<ContentCoding, "br">;

const quick: Readonly<Record<QuickCoding, (bytes: Uint8Array, maxOutputLength: number) => Uint8Array>> = {
  gzip: (bytes, maxOutputLength) => zlib().gunzipSync(bytes, { maxOutputLength }),
  deflate: (bytes, maxOutputLength) =>
    hasZlibHeader(bytes)
      ? zlib().inflateSync(bytes, { maxOutputLength })
      : zlib().inflateRawSync(bytes, { maxOutputLength }),
  zstd: (bytes, maxOutputLength) => zlib().zstdDecompressSync(bytes, { maxOutputLength, params: zstdParams() }),
};

function decodeOneOnThread(bytes: Uint8Array, coding: ContentCoding, maxOutputLength: number): Promise<Decoded> {
  const { gunzip, inflate, inflateRaw, brotliDecompress, zstdDecompress } = zlib();
  const { promise, resolve } = Promise.withResolvers<Decoded>();
  const options = { maxOutputLength, chunkSize };
  const done = (error: Error | null, result: Uint8Array): void =>
    resolve(error === null ? decodedFrom(result) : failed(error));
  switch (coding) {
    case "gzip":
      gunzip(bytes, options, done);
      break;
    case "deflate":
      (hasZlibHeader(bytes) ? inflate : inflateRaw)(bytes, options, done);
      break;
    case "br":
      brotliDecompress(bytes, options, done);
      break;
    case "zstd":
      zstdDecompress(bytes, { ...options, params: zstdParams() }, done);
      break;
  }
  return promise;
}

const zstdParams = (): Readonly<Record<number, number>> => ({ [zlib().constants.ZSTD_d_windowLogMax]: zstdWindowLog });

/** The "deflate" of HTTP is zlib's format (RFC 9110 §8.4.1.2), but some send the bare stream. */
function hasZlibHeader(bytes: Uint8Array): boolean {
  const [method = 0, flags = 0] = bytes;
  return (method & 0x0f) === 8 && (method * 256 + flags) % 31 === 0;
}

const decodedFrom = (bytes: Uint8Array): Decoded => ({ kind: "decoded", bytes });

function failed(error: unknown): Decoded {
  const isTooLarge = (error as { readonly code?: unknown } | null)?.code === "ERR_BUFFER_TOO_LARGE";
  return { kind: "unread", reason: isTooLarge ? "decoded_too_large" : "bad_encoding" };
}
