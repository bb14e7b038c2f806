/**
 * The HdrHistogram V2 wire format, without its compression.
 *
 * hdr-histogram-js has an encoder, but it writes 1 for the normalizing index offset and the integer 1 for the
 * conversion ratio, where the format has 0 and the double 1.0: the C library then reads every value one cell off and
 * the Rust library refuses the histogram.
 */
import type { LatencyHdr } from "./latency-hdr.ts";

/** Cookie of the V2 format; the 1 in the second-lowest digit says that counts are ZigZag LEB128 words. */
export const hdrCookie = 0x1c849313;
/** Cookie of the compressed V2 format: this, the length of the rest, then {@link encodeHdr} through zlib. */
export const hdrCompressedCookie = 0x1c849314;

const headerBytes = 40;
/** A word holds 7 bits a byte; counts are below 2^53, so with the sign bit 8 bytes are enough. */
const wordBytes = 8;

/**
 * Encodes a histogram as HdrHistogram V2 (HdrHistogram's `encodeIntoByteBuffer`): a header of 40 bytes, then a word for
 * each count up to the highest used cell, where a negative word stands for that many empty cells.
 */
export function encodeHdr(hdr: LatencyHdr): Uint8Array {
  const cells = hdr.totalCount === 0 ? 0 : hdr.countsArrayIndex(hdr.maxValue) + 1;
  const bytes = new Uint8Array(headerBytes + cells * wordBytes);
  let end = headerBytes;
  for (let cell = 0; cell < cells;) {
    const empty = emptyCellsFrom(hdr, cell, cells);
    // A single empty cell is the count 0, as in the Java library; the Python one writes -1, which reads the same.
    const word = empty > 1 ? -empty : hdr.getCountAtIndex(cell);
    end = writeWord(bytes, end, word);
    cell += empty > 1 ? empty : 1;
  }
  writeHeader(bytes, hdr, end - headerBytes);
  return bytes.subarray(0, end);
}

function writeHeader(bytes: Uint8Array, hdr: LatencyHdr, payloadBytes: number): void {
  const view = new DataView(bytes.buffer);
  view.setUint32(0, hdrCookie);
  view.setUint32(4, payloadBytes);
  view.setUint32(8, 0);
  view.setUint32(12, hdr.numberOfSignificantValueDigits);
  view.setBigUint64(16, BigInt(hdr.lowestDiscernibleValue));
  view.setBigUint64(24, BigInt(hdr.highestTrackableValue));
  view.setFloat64(32, 1);
}

function emptyCellsFrom(hdr: LatencyHdr, start: number, cells: number): number {
  let cell = start;
  while (cell < cells && hdr.getCountAtIndex(cell) === 0) cell++;
  return cell - start;
}

/** Writes a signed number as ZigZag LEB128 and gives the place behind it. */
function writeWord(bytes: Uint8Array, start: number, value: number): number {
  // ZigZag in plain numbers: 2v for v ≥ 0, −2v − 1 below; counts stay below 2^52, so this is exact.
  let rest = value >= 0 ? value * 2 : -value * 2 - 1;
  let at = start;
  while (rest >= 128) {
    bytes[at++] = (rest % 128) + 128;
    rest = Math.floor(rest / 128);
  }
  bytes[at++] = rest;
  return at;
}
