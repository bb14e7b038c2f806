import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { frameBytesOf } from "../../../src/delivery/spool/frame.ts";
import { takeSegmentRun, type SegmentRun } from "../../../src/delivery/spool/segment-run.ts";
import { anEntry, anyEntry, someEntries } from "../support/spool-entries.ts";

describe("runs of entries", () => {
  it("hold all entries in order, and fit into a segment unless they are single entries", () => {
    const anyBytes = fc.integer({ min: 1, max: 20_000 });
    fc.assert(
      fc.property(fc.array(anyEntry, { minLength: 1, maxLength: 20 }), anyBytes, anyBytes, (entries, a, b) => {
        const room = { left: Math.min(a, b), whole: Math.max(a, b) };
        const runs: SegmentRun[] = [];
        for (let from = 0; from < entries.length; from += runs.at(-1)!.entries.length) {
          runs.push(takeSegmentRun(entries, from, room));
        }
        expect(runs.flatMap((run) => run.entries)).toEqual(entries);
        for (const run of runs) {
          expect(run.bytes).toBe(run.entries.reduce((total, entry) => total + frameBytesOf(entry), 0));
          if (run.entries.length > 1) expect(run.bytes).toBeLessThanOrEqual(room.whole);
        }
      }),
    );
  });

  it("fill the rest of a segment, or a new one when not even one entry fits", () => {
    const entries = someEntries(0, 10, 100);
    const each = frameBytesOf(entries[0]!);
    const lengthOf = (left: number, whole: number): number =>
      takeSegmentRun(entries, 2, { left, whole }).entries.length;
    expect(lengthOf(3 * each, 5 * each)).toBe(3);
    expect(lengthOf(3 * each - 1, 5 * each)).toBe(2);
    expect(lengthOf(each - 1, 5 * each)).toBe(5);
    expect(lengthOf(0, each - 1)).toBe(1);
    expect(lengthOf(0, 100 * each)).toBe(8);
  });

  it("are bounded at 8 MiB however large segments are", () => {
    const entries = Array.from({ length: 20 }, () => anEntry(1, 1_000_000));
    expect(takeSegmentRun(entries, 0, { left: 2 ** 30, whole: 2 ** 30 }).entries).toHaveLength(8);
  });
});
