import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeCounts, encodeCounts } from "../../../src/fleet/counts/counts-encoding.ts";
import { type Counts, stateLimits } from "../../../src/fleet/store.ts";
import { anyText } from "../../support/any-text.ts";

const bytesOf = (counts: Counts): Uint8Array => {
  const bytes = encodeCounts(counts);
  if (bytes === undefined) throw new Error("refused");
  return bytes;
};

const wholeNumbers = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  fc.nat(300),
  fc.maxSafeNat(),
  fc.constantFrom(127, 128, 16_383, 16_384, 2 ** 32, 2 ** 49 - 1, 2 ** 49, Number.MAX_SAFE_INTEGER),
);
const finite = fc.oneof(
  { weight: 2, arbitrary: fc.constant(0) },
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(2 ** 53, 5e-324, Number.MAX_VALUE, -1, 0.1),
);
const dense = fc.oneof(
  fc.array(wholeNumbers, { maxLength: 200 }).map((counts) => new Float64Array(counts)),
  fc.array(finite, { maxLength: 200 }).map((counts) => new Float64Array(counts)),
);
const named = fc.array(fc.tuple(anyText({ maxLength: 20 }), finite), { maxLength: 30 }).map((pairs) => new Map(pairs));

/** −0 is written as 0. */
const withoutNegativeZero = (counts: Counts): Counts =>
  counts instanceof Float64Array
    ? counts.map((count) => count + 0)
    : new Map([...counts].map(([name, count]) => [name, count + 0]));

describe("encoded counts", () => {
  it("are decoded exactly, for all finite numbers", () => {
    fc.assert(
      fc.property(fc.oneof(dense, named), (counts) => {
        expect(decodeCounts(bytesOf(counts))).toEqual(withoutNegativeZero(counts));
      }),
      { numRuns: 500 },
    );
  });

  it("are the same bytes for the same counts", () => {
    fc.assert(
      fc.property(dense, (counts) => {
        expect(bytesOf(counts)).toEqual(bytesOf(new Float64Array(counts)));
        expect(bytesOf(withoutNegativeZero(counts))).toEqual(bytesOf(counts));
      }),
    );
  });

  it("are refused when they are truncated, or when bytes follow them", () => {
    fc.assert(
      fc.property(fc.oneof(dense, named), fc.nat(255), (counts, more) => {
        const bytes = bytesOf(counts);
        for (let cut = 0; cut < bytes.length; cut += Math.max(1, Math.floor(bytes.length / 20))) {
          expect(decodeCounts(bytes.subarray(0, cut))).toBeUndefined();
        }
        expect(decodeCounts(Uint8Array.from([...bytes, more]))).toBeUndefined();
      }),
    );
  });

  it("are finite numbers or refused, for any bytes", () => {
    const anyBytes = fc.tuple(fc.nat(4), fc.uint8Array({ maxLength: 60 })).map(([format, rest]) => [format, ...rest]);
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const counts = decodeCounts(Uint8Array.from(bytes));
        if (counts === undefined) return;
        expect([...counts.values()].every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ["no bytes", []],
    ["an unknown format", [9, 0]],
    ["a length of petabytes", [1, 255, 255, 255, 255, 255, 255, 255, 15]],
    ["a length that never ends", [1, 255, 255, 255, 255, 255, 255, 255, 255, 255]],
    ["more zeros than cells", [1, 3, 0, 4]],
    ["no zeros at all, for ever", [1, 3, 0, 0]],
    ["empty runs, for ever", [2, 3, 0, 0]],
    ["the same name twice", [3, 2, 1, 65, 0, 0, 0, 0, 0, 0, 0, 0, 1, 65, 0, 0, 0, 0, 0, 0, 0, 0]],
    ["a name that is not UTF-8", [3, 1, 1, 255, 0, 0, 0, 0, 0, 0, 0, 0]],
    ["a name longer than the rest", [3, 1, 200, 1, 65]],
    ["not a number", [2, 1, 0, 1, 0, 0, 0, 0, 0, 0, 248, 127]],
  ])("are refused when they are %s", (_name, bytes) => {
    expect(decodeCounts(Uint8Array.from(bytes))).toBeUndefined();
  });

  it.each([
    ["NaN", new Float64Array([1, Number.NaN])],
    ["infinity", new Float64Array([Number.NEGATIVE_INFINITY])],
    ["an infinite count of a name", new Map([["a", Number.POSITIVE_INFINITY]])],
    ["a name that is not Unicode", new Map([["\ud800", 1]])],
    ["a name that is too long", new Map([["é".repeat(stateLimits.nameBytes / 2 + 1), 1]])],
    ["too many names", new Map(Array.from({ length: stateLimits.names + 1 }, (_, index) => [String(index), 1]))],
    ["too many cells", new Float64Array(300_000)],
    ["too many bytes", new Float64Array(200_000).fill(0.5)],
    ["too many bytes of names", new Map(Array.from({ length: 2000 }, (_, at) => [String(at).padStart(900), 1]))],
  ] as const)("are not written for %s", (_name, counts) => {
    expect(encodeCounts(counts)).toBeUndefined();
  });

  it("are small where counts are: a histogram of 3,400 cells with 50 in use takes less than 300 bytes", () => {
    const counts = new Float64Array(3400);
    for (let index = 0; index < 50; index++) counts[1000 + index * 3] = index + 1;
    expect(bytesOf(counts).length).toBeLessThan(300);
    expect(bytesOf(new Float64Array(200_000)).length).toBeLessThan(10);
  });
});
