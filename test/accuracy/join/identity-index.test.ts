import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  hashIdentity,
  IdentityIndex,
  RecentIdentities,
  type IdentityHash,
} from "../../../src/accuracy/join/identity-index.ts";

/** Few hashes that fall onto few places, so that they get into each other's way. */
const crowded = fc.record({ high: fc.integer({ min: 0, max: 5 }), low: fc.integer({ min: 1, max: 3 }) });

const step = fc.oneof(
  fc.record({ kind: fc.constant("set" as const), hash: crowded, value: fc.nat(100) }),
  fc.record({ kind: fc.constant("delete" as const), hash: crowded, value: fc.constant(0) }),
);

describe("an index by identities", () => {
  it("is a map, whatever is put in and taken out", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const index = new IdentityIndex(18);
        const model = new Map<string, { readonly hash: IdentityHash; readonly value: number }>();
        for (const { kind, hash, value } of steps) {
          const key = `${hash.high}/${hash.low}`;
          if (kind === "set") {
            index.set(hash, value);
            model.set(key, { hash, value });
          } else {
            index.delete(hash);
            model.delete(key);
            expect(index.get(hash)).toBe(-1);
          }
          expect(index.size).toBe(model.size);
          for (const entry of model.values()) expect(index.get(entry.hash)).toBe(entry.value);
        }
        index.clear();
        expect([index.size, ...steps.map(({ hash }) => index.get(hash)).filter((found) => found !== -1)]).toEqual([0]);
      }),
      { numRuns: 500 },
    );
  });

  it("wraps around at its end", () => {
    const index = new IdentityIndex(2);
    const hashes = [1, 2].map((low) => ({ high: 3, low }));
    hashes.forEach((hash, value) => index.set(hash, value));
    expect(hashes.map((hash) => index.get(hash))).toEqual([0, 1]);
    index.delete({ high: 3, low: 1 });
    expect(hashes.map((hash) => index.get(hash))).toEqual([-1, 1]);
  });
});

describe("recent identities", () => {
  it("are the last ones, never fewer than were asked for and never more than twice as many", () => {
    const recent = new RecentIdentities(10);
    const hashes = Array.from({ length: 100 }, (_, i) => hashIdentity(`id-${i}`));
    hashes.forEach((hash, i) => {
      recent.add(hash);
      const known = hashes.filter((other) => recent.has(other)).length;
      expect(hashes.slice(Math.max(0, i - 9), i + 1).every((other) => recent.has(other))).toBe(true);
      expect(known).toBeLessThanOrEqual(20);
    });
  });
});

/** Any UTF-16 code units, lone surrogates among them. */
const anyText = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units));

describe("the hash of an identity", () => {
  it("is never empty and the same for the same text", () => {
    fc.assert(
      fc.property(anyText, (id) => {
        const hash = hashIdentity(id);
        expect(hash).toEqual(hashIdentity(id));
        expect(hash.low).toBeGreaterThan(0);
        expect([hash.high, hash.low].every((word) => Number.isInteger(word) && word >= 0 && word < 2 ** 32)).toBe(true);
      }),
    );
  });

  it("tells a million identities apart that differ in little, and spreads them evenly", () => {
    const seen = new Set<number>();
    const buckets = new Uint32Array(256);
    for (let i = 0; i < 1_000_000; i++) {
      const { high, low } = hashIdentity(`order-${i}`);
      // 53 of the 64 bits: alike among a million once in 18,000 runs, if they are spread as chance would.
      seen.add((high & 0x1fffff) * 2 ** 32 + low);
      buckets[high & 255] = (buckets[high & 255] ?? 0) + 1;
    }
    expect(seen.size).toBe(1_000_000);
    // Five standard deviations of a count with the mean 3906.
    expect(Math.max(...buckets)).toBeLessThan(3906 + 5 * 62.5);
    expect(Math.min(...buckets)).toBeGreaterThan(3906 - 5 * 62.5);
  });
});
