import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { frameBytesOf } from "../../../src/delivery/spool/frame.ts";
import { takeRun, type SpoolRun } from "../../../src/delivery/spool/segment-run.ts";
import { anEntry, anyEntry, someEntries } from "../support/spool-entries.ts";

describe("runs of entries", () => {
  it("are together all entries in their order, none longer than a segment but single ones", () => {
    const anyBytes = fc.integer({ min: 1, max: 20_000 });
    fc.assert(
      fc.property(fc.array(anyEntry, { minLength: 1, maxLength: 20 }), anyBytes, anyBytes, (entries, a, b) => {
        const room = { left: Math.min(a, b), whole: Math.max(a, b) };
        const runs: SpoolRun[] = [];
        for (let from = 0; from < entries.length; from += runs.at(-1)!.entries.length) {
          runs.push(takeRun(entries, from, room));
        }
        expect(runs.flatMap((run) => run.entries)).toEqual(entries);
        for (const run of runs) {
          expect(run.bytes).toBe(run.entries.reduce((total, entry) => total + frameBytesOf(entry), 0));
          if (run.entries.length > 1) expect(run.bytes).toBeLessThanOrEqual(room.whole);
        }
      }),
    );
  });

  it("fill what is left of a segment, and a new one when not even one entry fits", () => {
    const entries = someEntries(0, 10, 100);
    const each = frameBytesOf(entries[0]!);
    const lengthOf = (left: number, whole: number): number => takeRun(entries, 2, { left, whole }).entries.length;
    expect(lengthOf(3 * each, 5 * each)).toBe(3);
    expect(lengthOf(3 * each - 1, 5 * each)).toBe(2);
    expect(lengthOf(each - 1, 5 * each)).toBe(5);
    expect(lengthOf(0, each - 1)).toBe(1);
    expect(lengthOf(0, 100 * each)).toBe(8);
  });

  it("take no more memory than 8 MiB, however large segments are", () => {
    const entries = Array.from({ length: 20 }, () => anEntry(1, 1_000_000));
    expect(takeRun(entries, 0, { left: 2 ** 30, whole: 2 ** 30 }).entries).toHaveLength(8);
  });
});
