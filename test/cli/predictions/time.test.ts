import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { recordMoment } from "../../../src/cli/predictions/time.ts";

const nowMs = Date.UTC(2026, 10, 25, 12, 0, 0, 123);

describe("a moment on the command line", () => {
  it.each([
    ["90s", "2026-11-25T11:58:30.123000000Z"],
    ["30m", "2026-11-25T11:30:00.123000000Z"],
    ["2h", "2026-11-25T10:00:00.123000000Z"],
    ["1d", "2026-11-24T12:00:00.123000000Z"],
    ["1.5d", "2026-11-24T00:00:00.123000000Z"],
    ["2026-11-25", "2026-11-25T00:00:00.000000000Z"],
    ["2026-11-25T12:00Z", "2026-11-25T12:00:00.000000000Z"],
    ["2026-11-25T12:00:00Z", "2026-11-25T12:00:00.000000000Z"],
    ["2026-11-25t12:00:00.5z", "2026-11-25T12:00:00.500000000Z"],
    ["2026-11-25 12:00:00.123456789Z", "2026-11-25T12:00:00.123456789Z"],
    ["2026-11-25T12:00:00.000000001+02:00", "2026-11-25T10:00:00.000000001Z"],
    ["2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00.000000000Z"],
  ])("%s is %s", (text, moment) => {
    expect(recordMoment(text, "--since", nowMs)).toBe(moment);
  });

  it.each([
    "",
    "30",
    "h",
    "1w",
    "-1h",
    "2026-02-30",
    "2026-13-01",
    "2026-11-25T25:00:00Z",
    "2026-11-25T12:00:00",
    "100000000d",
    "0000-01-01T00:00:00+23:59",
  ])("%j is none", (text) => {
    expect(() => recordMoment(text, "--since", nowMs)).toThrow(/--since .*: an age or a time is expected/);
  });

  it("that a record shows is itself, and moments are ordered as their texts are", () => {
    const moment = fc
      .tuple(fc.integer({ min: 0, max: 253_402_300_799_999 }), fc.integer({ min: 0, max: 999_999 }))
      .map(([ms, rest]) => ({
        ms,
        rest,
        text: new Date(ms).toISOString().replace("Z", `${String(rest).padStart(6, "0")}Z`),
      }));
    fc.assert(
      fc.property(moment, moment, (left, right) => {
        expect(recordMoment(left.text, "--since", nowMs)).toBe(left.text);
        const isBefore = left.ms < right.ms || (left.ms === right.ms && left.rest < right.rest);
        expect(left.text < right.text).toBe(isBefore);
      }),
    );
  });
});
