import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSampled } from "../../../src/logging/access-log.ts";
import { identityFraction } from "../../../src/prediction-log/sampler/identity-fraction.ts";
import { seededRandom } from "../../../src/sketch/seeded-random.ts";
import { anyText } from "../../support/any-text.ts";

const count = 100_000;

/** Identities as clients, proxies and this sidecar make them. */
const families: readonly (readonly [string, (index: number) => string])[] = [
  ["decimal counters", String],
  ["counters with a name before them", (index) => `checkout-7f9c-${index}`],
  ["counters in hexadecimal", (index) => index.toString(16).padStart(32, "0")],
  ["counters at the front", (index) => index.toString(16).padStart(8, "0") + "0".repeat(24)],
  ["times in microseconds", (index) => String(1_764_072_000_000_000 + index * 997)],
  ["UUIDs of version 4", uuidsOfVersion4()],
  ["UUIDs of version 7", uuidsOfVersion7],
];

function uuidsOfVersion4(): () => string {
  const random = seededRandom(4);
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join("");
  return () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
}

function uuidsOfVersion7(index: number): string {
  const time = (1_764_072_000_000 + Math.floor(index / 20)).toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${(index % 20).toString(16).padStart(3, "0")}-b000-0000deadbeef`;
}

/** Chi-squared of numbers in [0, 1) that fall into `bins` alike, as standard deviations from its mean. */
function unevenness(fractions: readonly number[], bins: number): number {
  const counts = new Float64Array(bins);
  for (const fraction of fractions) {
    const bin = Math.floor(fraction * bins);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const expected = fractions.length / bins;
  const chiSquared = counts.reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0);
  return (chiSquared - (bins - 1)) / Math.sqrt(2 * (bins - 1));
}

describe("the fraction of an identity", () => {
  it("is in [0, 1) and the same every time, for any text", () => {
    fc.assert(
      fc.property(anyText(), fc.integer(), (id, seed) => {
        const fraction = identityFraction(id, seed);
        expect(fraction).toBeGreaterThanOrEqual(0);
        expect(fraction).toBeLessThan(1);
        expect(identityFraction(`${id.slice(0, 1)}${id.slice(1)}`, seed)).toBe(fraction);
      }),
    );
  });

  // Fixed for good: with other values, replicas of two versions would not keep the same requests.
  it.each([
    ["", 0.025547623117895824],
    ["3f1c9a52", 0.8871949233701534],
    ["6b1f0c6a9f0d4c6c8f6f3a8f5d1f2e7a", 0.17844545220235164],
    ["018f4a6e-7b1c-7000-8000-0000deadbeef", 0.5592222367590638],
    ["größe-7", 0.7803484349877097],
  ])("of %j never changes", (id, fraction) => {
    expect(identityFraction(id)).toBe(fraction);
  });

  // Published answers of MurmurHash3_x86_32, bytes as UTF-16LE.
  it.each([
    ["", 1, 0x514e28b7],
    ["", 0xffffffff, 0x81f16f39],
    ["\uffff\uffff", 0, 0x76293b50],
    ["\u4321\u8765", 0, 0xf55b516b],
    ["\u4321\u8765", 0x5082edee, 0x2362f9de],
    ["\u4321", 0, 0xa0f7b07a],
    ["\u0000\u0000", 0, 0x2362f9de],
    ["\u0000", 0, 0x30f4c306],
    ["\u6161\u6161", 0x9747b28c, 0x5a97808a],
    ["\u6261\u6463", 0x9747b28c, 0xf0478627],
    ["\u6261", 0x9747b28c, 0x74875592],
    ["\u6161", 0x9747b28c, 0x5d211726],
  ])(
    "of %j with seed %i begins with what MurmurHash3 gives, and ends with what it gives for the second seed",
    (text, seed, hash) => {
      expect(Math.floor(identityFraction(text, seed) * 2 ** 32)).toBe(hash);
      const low = (identityFraction(text, seed - 0x9e3779b9) * 2 ** 32) % 1;
      expect(low * 2 ** 21).toBe(hash >>> 11);
    },
  );

  describe.each(families)("of %s", (_, idOf) => {
    const ids = Array.from({ length: count }, (_, index) => idOf(index));
    const fractions = ids.map((id) => identityFraction(id));

    it("is uniform, in its first and in its last bits", () => {
      expect(Math.abs(unevenness(fractions, 100))).toBeLessThan(5);
      expect(
        Math.abs(
          unevenness(
            fractions.map((fraction) => (fraction * 2 ** 32) % 1),
            100,
          ),
        ),
      ).toBeLessThan(5);
    });

    it("chooses the requested ratio, also one in a thousand", () => {
      const kept = fractions.filter((fraction) => fraction < 0.001).length;
      expect(Math.abs(kept - count * 0.001)).toBeLessThan(5 * Math.sqrt(count * 0.001));
    });

    it("is independent of the fraction with another seed", () => {
      const others = ids.map((id) => identityFraction(id, 0x63616e61));
      const pairs = fractions.map((fraction, index) => (Math.floor(fraction * 20) + (others[index] ?? 0)) / 20);
      expect(Math.abs(unevenness(pairs, 400))).toBeLessThan(5);
    });

    it("is independent of the sample of the access log", () => {
      const shown = ids.filter((id) => isSampled(id, 0.1));
      const both = shown.filter((id) => identityFraction(id) < 0.1).length;
      expect(Math.abs(both - shown.length * 0.1)).toBeLessThan(5 * Math.sqrt(shown.length * 0.09));
    });
  });
});
