import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  brotliCompressSync,
  constants,
  createBrotliCompress,
  createZstdCompress,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Decoded, type InlineResult, decodeInline, decodeInPool } from "../../src/capture/content-decoding.ts";

const limit = 4_194_304;

const coders: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  gzip: (bytes) => gzipSync(bytes),
  "x-gzip": (bytes) => gzipSync(bytes),
  deflate: (bytes) => deflateSync(bytes),
  br: (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  zstd: (bytes) => zstdCompressSync(bytes),
};
const codings = Object.keys(coders);

/** Applies codings in the order in which the header lists them. */
const coded = (bytes: Uint8Array, header: string): Uint8Array =>
  header.split(", ").reduce((coding, name) => coders[name]!(coding), bytes);

/** As the loop does it: at once where that is allowed. */
const decode = async (bytes: Uint8Array, header: string, maxBytes = limit): Promise<Decoded> => {
  const soon: InlineResult = decodeInline(bytes, header, maxBytes);
  return soon.kind === "later" ? decodeInPool(bytes, header, maxBytes) : soon;
};

const text = (decoded: Decoded): string =>
  decoded.kind === "decoded" ? Buffer.from(decoded.bytes).toString("latin1") : `unread: ${decoded.reason}`;

const rows = Buffer.from(JSON.stringify({ inputs: [[5.1, 3.5, 1.4, 0.2]] }));

const zeros = Buffer.alloc(1 << 24);

/** So many times 16 MiB of zeros, compressed as a stream. */
async function zerosIn(coder: NodeJS.ReadWriteStream, times: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  coder.on("data", (piece: Buffer) => pieces.push(piece));
  for (let i = 0; i < times; i++) if (!coder.write(zeros)) await once(coder, "drain");
  coder.end();
  await once(coder, "end");
  return Buffer.concat(pieces);
}

/** A gigabyte of zeros in gzip: the same 64 blocks, compressed once. The check sum at its end is wrong and never reached. */
function gzipGigabyte(): Buffer {
  const header = gzipSync("").subarray(0, 10);
  const blocks = deflateRawSync(zeros, { finishFlush: constants.Z_FULL_FLUSH });
  return Buffer.concat([
    header,
    ...Array.from({ length: 64 }, () => blocks),
    Buffer.from([3, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
  ]);
}

describe("decoding a body", () => {
  it("returns the same bytes when there is no coding", () => {
    for (const header of ["", "identity"])
      expect(decodeInline(rows, header, 1)).toEqual({ kind: "decoded", bytes: rows });
  });

  it.each([...codings, "gzip, br", "br, gzip", "zstd, deflate, gzip"])("decodes %s", async (header) => {
    expect(text(await decode(coded(rows, header), header))).toBe(rows.toString("latin1"));
  });

  it("decodes a raw deflate stream without the zlib header", async () => {
    const bare = deflateRawSync(rows);
    expect(text(await decode(bare, "deflate"))).toBe(rows.toString("latin1"));
    expect(text(await decodeInPool(bare, "deflate", limit))).toBe(rows.toString("latin1"));
  });

  it("returns the original bytes, inline and in the thread pool alike", async () => {
    const header = fc.array(fc.constantFrom(...codings), { minLength: 1, maxLength: 3 }).map((list) => list.join(", "));
    await fc.assert(
      fc.asyncProperty(header, fc.uint8Array({ maxLength: 2000 }), async (list, bytes) => {
        const sent = coded(bytes, list);
        const expected = Buffer.from(bytes).toString("latin1");
        expect(text(await decode(sent, list))).toBe(expected);
        expect(text(await decodeInPool(sent, list, limit))).toBe(expected);
      }),
      { numRuns: 60 },
    );
  });

  it("leaves large input, large output and brotli to the thread pool", () => {
    const long = coded(randomBytes(20_000), "gzip");
    expect(decodeInline(long, "gzip", limit)).toEqual({ kind: "later" });
    expect(decodeInline(coded(Buffer.alloc(200_000), "zstd"), "zstd", limit)).toEqual({ kind: "later" });
    expect(decodeInline(coded(rows, "br"), "br", limit)).toEqual({ kind: "later" });
    expect(decodeInline(coded(rows, "br, gzip"), "br, gzip", limit)).toEqual({ kind: "later" });
  });

  it.each(codings)("accepts exactly the bound of %s, and not a byte more", async (header) => {
    for (const length of [1000, 200_000]) {
      const sent = coded(Buffer.alloc(length, "x"), header);
      expect((await decode(sent, header, length)).kind).toBe("decoded");
      expect(text(await decode(sent, header, length - 1))).toBe("unread: decoded_too_large");
    }
  });

  it.each([
    ["gzip", async () => gzipGigabyte()],
    ["br", () => zerosIn(createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }), 64)],
    ["zstd", () => zerosIn(createZstdCompress(), 64)],
  ] as const)("refuses a gigabyte of zeros in %s", async (header, bombOf) => {
    const bomb = await bombOf();
    const before = process.memoryUsage().arrayBuffers;
    expect(text(await decodeInPool(bomb, header, limit))).toBe("unread: decoded_too_large");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(3 * limit);
    const stacked = coded(bomb, "gzip");
    expect(text(await decode(stacked, `${header}, gzip`))).toBe("unread: decoded_too_large");
  });

  it("allocates no 128 MiB for a zstd body that asks for such a window", async () => {
    // A stream does not know its length: its header asks for the whole window, however little follows.
    const asking = (windowLog: number): Promise<Buffer> =>
      zerosIn(createZstdCompress({ params: { [constants.ZSTD_c_windowLog]: windowLog } }), 1);
    expect(text(await decode(await asking(27), "zstd"))).toBe("unread: bad_encoding");
    expect((await decode(await asking(23), "zstd", zeros.length)).kind).toBe("decoded");
  });

  it.each(codings)("reports %s that is truncated, garbled or empty as bad encoding", async (header) => {
    const sent = coded(randomBytes(500), header);
    for (const cut of [0, 1, 5, sent.length >> 1, sent.length - 1]) {
      expect(text(await decode(sent.subarray(0, cut), header)), `cut at ${cut}`).toBe("unread: bad_encoding");
      expect(text(await decodeInPool(sent.subarray(0, cut), header, limit))).toBe("unread: bad_encoding");
    }
    expect(text(await decode(rows, header))).toBe("unread: bad_encoding");
  });

  it("never throws for random bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...codings), fc.uint8Array({ maxLength: 200 }), async (header, bytes) => {
        expect(["decoded", "unread"]).toContain((await decode(bytes, header, 1000)).kind);
        expect(["decoded", "unread"]).toContain((await decodeInPool(bytes, header, 1000)).kind);
      }),
    );
  });

  it.each(["compress", "gzip, snappy", "gzip, gzip, gzip, gzip"])("does not support %s", async (header) => {
    expect(text(await decode(rows, header))).toBe("unread: unsupported_encoding");
    expect(text(await decodeInPool(rows, header, limit))).toBe("unread: unsupported_encoding");
  });
});
