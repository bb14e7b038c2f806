import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { endedWindows } from "../../../src/fleet/leader/leader-loop.ts";

const indexes = (windowMs: number, nowMs: number, graceMs: number, decided?: number): readonly number[] =>
  endedWindows(windowMs, nowMs, graceMs, decided).map(({ windowIndex }) => windowIndex);

describe("windows to decide on", () => {
  it.each<readonly [string, Parameters<typeof indexes>, readonly number[]]>([
    ["before the grace has passed", [100, 1019, 20, 8], []],
    ["when the grace has passed", [100, 1020, 20, 8], [9]],
    ["once only", [100, 1020, 20, 9], []],
    ["all that were missed", [100, 1020, 20, 5], [6, 7, 8, 9]],
    ["at most eight that were missed", [100, 2020, 20, 0], [12, 13, 14, 15, 16, 17, 18, 19]],
    ["only the newest when none was ever decided on", [100, 1020, 20, undefined], [9]],
    ["none when the last one lies in the future", [100, 1020, 20, 50], []],
    ["none in the first window of time", [100, 90, 0, undefined], []],
  ])("%s", (_name, given, expected) => {
    expect(indexes(...given)).toEqual(expected);
  });

  it("have ended, and are past their grace", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.nat(1e9),
        fc.nat(20_000),
        fc.nat(1e6),
        (length, now, grace, last) => {
          const windows = indexes(length, now, grace, last);
          expect(windows.length).toBeLessThanOrEqual(8);
          for (const index of windows) {
            expect((index + 1) * length + grace).toBeLessThanOrEqual(now);
            expect(index).toBeGreaterThan(last);
          }
        },
      ),
    );
  });
});
