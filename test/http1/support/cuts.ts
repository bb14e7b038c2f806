/** Giving a reader the same bytes in pieces, each time in another place. */
import * as fc from "fast-check";
import { Progress, type ProgressValue } from "../../../src/http1/header-section.ts";

/** A reader whose message begins at `base` and of which bytes up to `end` have come. */
export type ReadOn = (bytes: Buffer, base: number, end: number) => ProgressValue;

/** What lies around the message: no reader may look at it. */
const around = 0x3a;

/**
 * Feeds `message` up to each of `cuts` and then whole, in a new buffer and at a new offset every time, until the reader
 * has made up its mind. Bytes that have not come yet are not in the buffer.
 */
export function feed(message: Buffer, cuts: readonly number[], read: ReadOn): ProgressValue {
  const stops = [...new Set(cuts)].filter((cut) => cut < message.length).sort((a, b) => a - b);
  let base = message.length % 5;
  for (const stop of [...stops, message.length]) {
    base = (base * 7 + 3) % 31;
    const bytes = Buffer.alloc(base + message.length + 8, around);
    message.copy(bytes, base, 0, stop);
    const progress = read(bytes, base, base + stop);
    if (progress !== Progress.needsMore) return progress;
  }
  return Progress.needsMore;
}

/** The ways to cut a short message: whole, byte by byte, and in two at every place. */
export function allCuts(length: number): readonly (readonly number[])[] {
  const places = Array.from({ length: Math.max(0, length - 1) }, (_, i) => i + 1);
  return [[], places, ...places.map((place) => [place])];
}

/** Some cuts of a message of up to `length` bytes. */
export const someCuts = (length: number): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min: 1, max: Math.max(1, length) }), { maxLength: 12 });

/** The bytes of a text in which each character is one byte. */
export const bytesOf = (text: string): Buffer => Buffer.from(text, "latin1");
