/**
 * Decompresses bodies. Small ones at once, large ones in the thread pool. The output is bounded either way, so that a
 * compression bomb is refused and not stored.
 */
import type * as Zlib from "node:zlib";
import type { UnreadReason } from "../payload/body-content.ts";

/** A content coding by its registered name (RFC 9110 §8.4.1). */
export type ContentCoding = "gzip" | "deflate" | "br" | "zstd";

/** A decompressed body, or why there is none. */
export type Decoded =
  | { readonly kind: "decoded"; readonly bytes: Uint8Array }
  | { readonly kind: "unread"; readonly reason: UnreadReason };

/** As {@link Decoded}, or `later`: it would take the event loop too long. */
export type InlineResult = Decoded | { readonly kind: "later" };

/** Bounds for decoding on the event loop: about 15 µs, at most about 0.2 ms. */
const maxInlineBytes = 16 * 1024;
const maxInlineOutputBytes = 128 * 1024;

/** Maximum window of zstd in HTTP (RFC 9659): the decoder allocates that much memory. */
const zstdWindowLog = 23;
/** Each chunk of output costs a round trip to the thread pool: fewer than with the default of 16 KiB. */
const chunkSize = 64 * 1024;

/** Decodes a small body at once; `later` says to call {@link decodeInPool}. The result may be `bytes` itself. */
export function decodeInline(bytes: Uint8Array, contentEncoding: string, maxBytes: number): InlineResult {
  if (contentEncoding === "") return { kind: "decoded", bytes };
  const codings = codingsOf(contentEncoding);
  if (codings === undefined) return unsupported;
  if (bytes.length > maxInlineBytes && codings.length > 0) return { kind: "later" };
  let decoded = bytes;
  const limit = Math.min(maxBytes, maxInlineOutputBytes);
  for (const coding of codings) {
    // Brotli fills a window of up to 16 MiB before it gives its first byte: 7 ms for 100 hostile bytes.
    if (coding === "br") return { kind: "later" };
    const next = decodeOneInline(decoded, coding, limit);
    if (next.kind === "unread") {
      return next.reason === "decoded_too_large" && limit < maxBytes ? { kind: "later" } : next;
    }
    decoded = next.bytes;
  }
  return { kind: "decoded", bytes: decoded };
}

/** Decodes in the thread pool. `bytes` must not change until it is done. Never rejects. */
export async function decodeInPool(bytes: Uint8Array, contentEncoding: string, maxBytes: number): Promise<Decoded> {
  const codings = codingsOf(contentEncoding);
  if (codings === undefined) return unsupported;
  let decoded = bytes;
  for (const coding of codings) {
    const next = await decodeOneInPool(decoded, coding, maxBytes);
    if (next.kind === "unread") return next;
    decoded = next.bytes;
  }
  return { kind: "decoded", bytes: decoded };
}

const known: Readonly<Record<string, ContentCoding>> = {
  gzip: "gzip",
  "x-gzip": "gzip",
  deflate: "deflate",
  br: "br",
  zstd: "zstd",
};

/** Maximum number of codings on one body; in practice there is one. */
const maxCodings = 3;
const maxHeaderLength = 128;

/**
 * The codings of a Content-Encoding header in the order of decoding: the last one first. Empty for an empty header and
 * for `identity`; undefined when one is unknown or there are more than three.
 */
export function codingsOf(header: string): readonly ContentCoding[] | undefined {
  if (header.length > maxHeaderLength) return undefined;
  const codings: ContentCoding[] = [];
  for (const part of header.split(",")) {
    const name = part.trim().toLowerCase();
    if (name === "" || name === "identity") continue;
    const coding = Object.hasOwn(known, name) ? known[name] : undefined;
    if (coding === undefined || codings.length === maxCodings) return undefined;
    codings.unshift(coding);
  }
  return codings;
}

const unsupported: Decoded = { kind: "unread", reason: "unsupported_encoding" };

/** Loaded for the first compressed body: most servers never see one, and zlib adds 2 MB of resident memory. */
const zlib = (): typeof Zlib => process.getBuiltinModule("node:zlib");

function decodeOneInline(bytes: Uint8Array, coding: InlineCoding, maxOutputLength: number): Decoded {
  try {
    return decodedFrom(inlineDecoders[coding](bytes, maxOutputLength));
  } catch (error) {
    return failed(error);
  }
}

type InlineCoding = Exclude<ContentCoding, "br">;

const inlineDecoders: Readonly<Record<InlineCoding, (bytes: Uint8Array, maxOutputLength: number) => Uint8Array>> = {
  gzip: (bytes, maxOutputLength) => zlib().gunzipSync(bytes, { maxOutputLength }),
  deflate: (bytes, maxOutputLength) =>
    hasZlibHeader(bytes)
      ? zlib().inflateSync(bytes, { maxOutputLength })
      : zlib().inflateRawSync(bytes, { maxOutputLength }),
  zstd: (bytes, maxOutputLength) => zlib().zstdDecompressSync(bytes, { maxOutputLength, params: zstdParams() }),
};

function decodeOneInPool(bytes: Uint8Array, coding: ContentCoding, maxOutputLength: number): Promise<Decoded> {
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
