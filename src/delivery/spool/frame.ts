/**
 * How an entry stands in a segment of the spool: the mark FF 4F 53 01, the CRC-32 (little-endian, as the length) of all
 * that follows it, the length of the payload, and the payload: the texts of the entry in UTF-8 with FE between them.
 *
 * The bytes FE and FF occur in no UTF-8 text. So nobody whose data are logged can write a mark into a line, and a reader
 * that has met damage finds the next entry by its mark.
 */
import type { LogEntry } from "../../prediction-log/log-entry.ts";
import { spoolChecksum } from "./spool-checksum.ts";

/** What stands at a place of a segment. Places are indices of the bytes that were given. */
export type FrameStep =
  /** A whole frame: its payload, which ends where the frame ends. */
  | { readonly kind: "frame"; readonly payload: number; readonly end: number }
  /** Nothing that was written as a frame; what comes next begins at `end`, which may be more damage. */
  | { readonly kind: "damage"; readonly end: number }
  /** It cannot be told before `bytes` bytes from the place on are there. */
  | { readonly kind: "more"; readonly bytes: number }
  | { readonly kind: "end" };

/**
 * Longest frame. Longer entries are not taken, so that no damaged length makes a reader ask for more than this. Bytes.
 */
export const maxFrameBytes = 33_554_432;

/** Bytes before the payload. */
const headerBytes = 12;
const separators = 3;
const mark: Buffer = Buffer.from([0xff, 0x4f, 0x53, 0x01]);
/** What {@link LogEntry.bytes} reckons beside the texts. */
const reckonedBytes = 128;

/** Length of the frame of an entry, bytes. */
export function frameBytesOf({ timeNs, stream, metadata, line }: LogEntry): number {
  const texts =
    Buffer.byteLength(timeNs) + Buffer.byteLength(stream) + Buffer.byteLength(metadata) + Buffer.byteLength(line);
  return headerBytes + texts + separators;
}

/**
 * The frames of entries one after the other, together `totalBytes` as {@link frameBytesOf} says. A surrogate without its
 * other half becomes U+FFFD, as it does in every UTF-8 text. About 0.6 µs for an entry of 1 KB.
 */
export function encodeFrames(entries: readonly LogEntry[], totalBytes: number): Buffer {
  const bytes = Buffer.allocUnsafe(totalBytes);
  let at = 0;
  for (const { timeNs, stream, metadata, line } of entries) {
    const start = at;
    mark.copy(bytes, start);
    at += headerBytes;
    at += bytes.write(timeNs, at);
    bytes[at++] = 0xfe;
    at += bytes.write(stream, at);
    bytes[at++] = 0xfe;
    at += bytes.write(metadata, at);
    bytes[at++] = 0xfe;
    at += bytes.write(line, at);
    bytes.writeUInt32LE(at - start - headerBytes, start + 8);
    bytes.writeUInt32LE(spoolChecksum(bytes.subarray(start + 8, at)), start + 4);
  }
  return bytes;
}

/**
 * What stands at `at` in the first bytes of a segment whose whole length is `wholeBytes`. Any bytes give an answer, and
 * `end` is always past `at`; it is past the bytes that were given only where what is left is too short for a frame. A
 * frame is only taken when its checksum is right.
 */
export function nextFrame(bytes: Buffer, at: number, wholeBytes: number): FrameStep {
  const left = wholeBytes - at;
  if (left <= 0) return atEnd;
  if (left < headerBytes) return { kind: "damage", end: wholeBytes };
  if (bytes.length - at < headerBytes) return { kind: "more", bytes: headerBytes };
  const length = headerBytes + bytes.readUInt32LE(at + 8);
  if (length <= left && length <= maxFrameBytes && startsWithMark(bytes, at)) {
    if (bytes.length - at < length) return { kind: "more", bytes: length };
    const end = at + length;
    if (spoolChecksum(bytes.subarray(at + 8, end)) === bytes.readUInt32LE(at + 4)) {
      return { kind: "frame", payload: at + headerBytes, end };
    }
  }
  return { kind: "damage", end: endOfDamage(bytes, at, wholeBytes) };
}

/** The entry of a payload; undefined when it is none, which no damage brings about that the checksum does not tell. */
export function decodeEntry(bytes: Buffer, payload: number, end: number): LogEntry | undefined {
  const first = bytes.indexOf(0xfe, payload);
  const second = bytes.indexOf(0xfe, first + 1);
  const third = bytes.indexOf(0xfe, second + 1);
  if (first === -1 || second === -1 || third === -1 || third >= end) return undefined;
  return {
    timeNs: bytes.toString("utf8", payload, first),
    stream: bytes.toString("utf8", first + 1, second),
    metadata: bytes.toString("utf8", second + 1, third),
    line: bytes.toString("utf8", third + 1, end),
    bytes: end - payload - separators + reckonedBytes,
  };
}

const atEnd: FrameStep = { kind: "end" };

function startsWithMark(bytes: Buffer, at: number): boolean {
  return bytes[at] === 0xff && bytes[at + 1] === 0x4f && bytes[at + 2] === 0x53 && bytes[at + 3] === 0x01;
}

/** Where the next mark is; of bytes that are not all there the last few may be the beginning of one. */
function endOfDamage(bytes: Buffer, at: number, wholeBytes: number): number {
  const next = bytes.indexOf(mark, at + 1);
  if (next !== -1) return next;
  return bytes.length >= wholeBytes ? wholeBytes : bytes.length - mark.length + 1;
}
