import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline, type Readable, Transform } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";

import { malformed } from "./dataset.ts";

/** Reads a text file in pieces, decompresses `.gz` and `.zst`, and counts and digests the bytes on disk. */
export class TextFile {
  readonly #file: string;
  readonly #hash: Hash = createHash("sha256");
  #bytesRead = 0;
  #digest = "";

  constructor(file: string) {
    this.#file = file;
  }

  /** Bytes of the file read so far. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** `sha256:…` of the bytes of the file; empty until the end. */
  get digest(): string {
    return this.#digest;
  }

  /** The text in pieces; malformed UTF-8 becomes U+FFFD. */
  async *pieces(): AsyncGenerator<string> {
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    let isFirst = true;
    try {
      for await (const chunk of this.#decompressed()) {
        const bytes = chunk as Buffer;
        if (isFirst) this.#refuseBinary(bytes);
        isFirst = false;
        yield decoder.decode(bytes, { stream: true });
      }
    } catch (error) {
      throw this.#decompressionError(error);
    }
    yield decoder.decode();
    this.#digest = `sha256:${this.#hash.digest("hex")}`;
  }

  #decompressed(): Readable {
    const count = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        this.#bytesRead += chunk.length;
        this.#hash.update(chunk);
        done(null, chunk);
      },
    });
    const source = createReadStream(this.#file, { highWaterMark: 256 * 1024 });
    // An error of any stage destroys the last one, where the reading loop gets it.
    const ignore = (): void => undefined;
    if (/\.gz$/i.test(this.#file)) return pipeline(source, count, createGunzip(), ignore);
    if (/\.zst$/i.test(this.#file)) return pipeline(source, count, createZstdDecompress(), ignore);
    return pipeline(source, count, ignore);
  }

  #refuseBinary(bytes: Buffer): void {
    const [first = 0, second = 0] = bytes;
    if (bytes.subarray(0, 4).toString("latin1") === "PAR1") {
      throw malformed(this.#file, "this is a Parquet file; use --format parquet");
    }
    if (
      (first === 0xff && second === 0xfe) ||
      (first === 0xfe && second === 0xff) ||
      bytes.subarray(0, 4096).includes(0)
    ) {
      throw malformed(this.#file, "this is not UTF-8 text; convert it to UTF-8");
    }
  }

  #decompressionError(error: unknown): unknown {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (!/^(?:Z_|ZSTD_)/.test(code)) return error;
    return malformed(this.#file, `it cannot be decompressed: ${(error as Error).message}`, error);
  }
}
