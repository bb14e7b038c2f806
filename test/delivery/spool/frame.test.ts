import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeEntry, encodeFrames, frameBytesOf, nextFrame } from "../../../src/delivery/spool/frame.ts";
import type { LogEntry } from "../../../src/prediction-log/log-entry.ts";
import { anEntry, anyEntry, entryOf, someEntries } from "../support/spool-entries.ts";

describe("frames of the spool", () => {
  it("decodes any entries exactly as they were encoded", () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 20 }), (entries) => {
        expect(framesIn(encoded(entries))).toEqual({ entries, damaged: 0 });
      }),
    );
  });

  it("has the documented bytes", () => {
    const frame = encoded([entryOf("1", "é", "s", "m")]);
    expect(frame.toString("hex")).toBe(["ff4f5301", "60dd8643", "08000000", "31fe", "73fe", "6dfe", "c3a9"].join(""));
  });

  it("asks for more bytes exactly until the whole frame is in memory", () => {
    const frame = encoded([anEntry(1)]);
    for (let length = 0; length < frame.length; length++) {
      const wanted = length < 12 ? 12 : frame.length;
      expect(nextFrame(frame.subarray(0, length), 0, frame.length)).toEqual({ kind: "more", bytes: wanted });
    }
    expect(nextFrame(frame, 0, frame.length)).toEqual({ kind: "frame", payload: 12, end: frame.length });
    expect(nextFrame(frame, frame.length, frame.length)).toEqual({ kind: "end" });
  });

  it("finds the next frame after any other bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (garbage) => {
        const bytes = Buffer.concat([garbage, encoded([anEntry(1), anEntry(2)])]);
        expect(framesIn(bytes)).toEqual({ entries: [anEntry(1), anEntry(2)], damaged: 1 });
      }),
    );
  });

  it("ignores a frame that a client wrote into a line", () => {
    const smuggled = encoded([anEntry(666)]).toString("latin1");
    const bytes = encoded([entryOf("1", smuggled), anEntry(2)]);
    bytes[8] = 1;
    expect(framesIn(bytes)).toEqual({ entries: [anEntry(2)], damaged: 1 });
  });

  it("never asks for more than the longest frame when a length is damaged", () => {
    const frame = encoded([anEntry(1)]);
    frame.writeUInt32LE(0xfffffff0, 8);
    expect(nextFrame(frame, 0, 2 ** 40)).toMatchObject({ kind: "damage" });
  });

  it("counts lone surrogates by their replacement", () => {
    const entry = { ...anEntry(1), line: "a\ud800b" };
    expect(framesIn(encoded([entry]))).toEqual({ entries: [entryOf(entry.timeNs, "a\ufffdb")], damaged: 0 });
  });

  it("rejects a payload in which texts are missing", () => {
    const bytes = Buffer.from("1\xfe2\xfe3", "latin1");
    expect(decodeEntry(bytes, 0, bytes.length)).toBeUndefined();
    const followed = Buffer.concat([bytes, encoded(someEntries(1, 3))]);
    expect(decodeEntry(followed, 0, bytes.length)).toBeUndefined();
  });
});

function encoded(entries: readonly LogEntry[]): Buffer {
  return encodeFrames(
    entries,
    entries.reduce((sum, entry) => sum + frameBytesOf(entry), 0),
  );
}

function framesIn(bytes: Buffer): { entries: LogEntry[]; damaged: number } {
  const entries: LogEntry[] = [];
  let damaged = 0;
  let wasDamage = false;
  for (let at = 0; ;) {
    const step = nextFrame(bytes, at, bytes.length);
    if (step.kind === "end") return { entries, damaged };
    if (step.kind === "more") throw new Error("all is there");
    if (step.kind === "frame") entries.push(decodeEntry(bytes, step.payload, step.end)!);
    else if (!wasDamage) damaged++;
    wasDamage = step.kind === "damage";
    at = step.end;
  }
}
