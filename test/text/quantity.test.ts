import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { formatSize, formatTime, parseSize, parseTime } from "../../src/text/quantity.ts";

describe("sizes", () => {
  it.each([
    ["0", 0],
    ["65536", 65_536],
    ["10B", 10],
    ["64KiB", 65_536],
    ["1.5MiB", 1_572_864],
    ["2GiB", 2_147_483_648],
  ])("reads %s as %d bytes", (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(["", "KiB", "64KB", "64kib", "64 KiB", "-1", "1e3", "0x10", "1.5", "0.3B", ".5KiB", "1_000", "99999999GiB"])(
    "reads %j as no size",
    (text) => {
      expect(parseSize(text)).toBeNaN();
    },
  );
});

describe("times", () => {
  it.each([
    ["0", 0],
    ["500ms", 500],
    ["10s", 10_000],
    ["1.1s", 1100],
    ["5m", 300_000],
    ["2h", 7_200_000],
  ])("reads %s as %d ms", (text, milliseconds) => {
    expect(parseTime(text)).toBe(milliseconds);
  });

  it.each(["", "s", "10 s", "10sec", "1d", "-1s", "0.5ms", "0.0001s"])("reads %j as no time", (text) => {
    expect(parseTime(text)).toBeNaN();
  });

  it("reads any whole number with any unit exactly", () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (count) => {
        expect(parseTime(`${count}ms`)).toBe(count);
        expect(parseTime(`${count}s`)).toBe(count * 1000);
        expect(parseTime(`${count / 1000}s`.replace(/e.*/, "s"))).toBe(count / 1000 < 1e-6 ? 0 : count);
      }),
    );
  });
});

describe("the text of a quantity", () => {
  it.each([
    [formatSize(32_768), "32KiB"],
    [formatSize(1_572_864), "1536KiB"],
    [formatSize(240), "240B"],
    [formatTime(0), "0"],
    [formatTime(150), "150ms"],
    [formatTime(86_400_000), "24h"],
  ])("has the largest unit in which it is whole: %s", (text, expected) => {
    expect(text).toBe(expected);
  });

  it("reads back as the same quantity", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (quantity) => {
        expect(parseSize(formatSize(quantity))).toBe(quantity);
        expect(parseTime(formatTime(quantity))).toBe(quantity);
      }),
    );
  });
});
