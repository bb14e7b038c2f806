/** Running a chunked decoder over a body that comes in pieces. */
import { ChunkedDecoder, type ChunkedLimits } from "../../../src/http1/chunked.ts";
import { bytesOf } from "./cuts.ts";

/** Bounds that ordinary bodies do not meet. */
export const wideChunkedLimits: ChunkedLimits = { trailerBytes: 4096, headerCount: 20, extensionBytes: 256 };

/** What a decoder made of a body. */
export interface ChunkedRun {
  readonly fault: string;
  readonly isDone: boolean;
  readonly bodyBytes: number;
  /** What it passed on: coding, data and held bytes in the order they were told. */
  readonly passed: string;
  /** Only the data. */
  readonly data: string;
  /** Bytes it took as its own; only meaningful without a fault. */
  readonly taken: number;
}

/** Reads `text` in pieces that end at each of `cuts`, each piece in another buffer at another offset. */
export function runDecoder(
  text: string,
  cuts: readonly number[],
  decoder: ChunkedDecoder = new ChunkedDecoder(wideChunkedLimits),
): ChunkedRun {
  const stops = [...new Set([...cuts.filter((cut) => cut > 0 && cut < text.length), text.length])].sort(
    (a, b) => a - b,
  );
  let passed = "";
  let data = "";
  let from = 0;
  let taken = 0;
  decoder.reset();
  for (const stop of stops) {
    const base = (from * 7 + 3) % 11;
    const piece = Buffer.concat([Buffer.alloc(base, 0x30), bytesOf(text.slice(from, stop)), Buffer.alloc(5, 0x30)]);
    const textOf = (start: number, end: number): string => {
      if (start >= end) throw new Error(`told of an empty range at ${start}`);
      return piece.toString("latin1", start, end);
    };
    const next = decoder.read(piece, base, base + stop - from, {
      coding: (start, end) => {
        passed += textOf(start, end);
      },
      data: (start, end) => {
        passed += textOf(start, end);
        data += textOf(start, end);
      },
      held: (bytes) => {
        passed += bytes.toString("latin1");
      },
    });
    taken += next - base;
    from = stop;
    if (decoder.fault !== "" || decoder.isDone) break;
  }
  return { fault: decoder.fault, isDone: decoder.isDone, bodyBytes: decoder.bodyBytes, passed, data, taken };
}
