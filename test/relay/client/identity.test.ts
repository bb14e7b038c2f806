import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Random } from "../../../src/clock.ts";
import { isSafeRequestId, isValidTraceparent } from "../../../src/http1/field-value.ts";
import { IdentitySource } from "../../../src/relay/client/identity.ts";

const seededWith = (seed: readonly number[]): Random => ({
  fill: (target) => {
    target.set(seed.slice(0, target.length));
    return target;
  },
});

const seeds = fc.array(fc.nat(255), { minLength: 16, maxLength: 16 });
const noSeed: readonly number[] = Array.from({ length: 16 }, () => 0);

/** sfc32 as its author writes it, four words of state. */
function* referenceWords(seed: readonly number[]): Generator<number> {
  const state = new Uint32Array(new Uint8Array(seed).buffer);
  let [a = 0, b = 0, c = 0, counter = 0] = state;
  for (;;) {
    const word = (a + b + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = (b ^ (b >>> 9)) >>> 0;
    b = (c + (c << 3)) >>> 0;
    c = (((c << 21) | (c >>> 11)) + word) >>> 0;
    yield word;
  }
}

describe("identities", () => {
  it("are lines that need nothing added, of which every part is a view", () => {
    const source = new IdentitySource(seededWith([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]));
    source.next();
    const id = source.id.toString();
    const parent = source.traceparent.toString();
    expect(parent.slice(0, 36)).toBe(`00-${id}-`);
    expect(source.requestIdLine.toString()).toBe(`x-request-id: ${id}\r\n`);
    expect(source.traceparentLine.toString()).toBe(`traceparent: ${parent}\r\n`);
    expect(source.lines.toString()).toBe(`x-request-id: ${id}\r\ntraceparent: ${parent}\r\n\r\n`);
  });

  it("are valid whatever the seed, even one of zeros alone", () => {
    fc.assert(
      fc.property(fc.oneof(seeds, fc.constant(noSeed)), (seed) => {
        const source = new IdentitySource(seededWith(seed));
        for (let i = 0; i < 20; i++) {
          source.next();
          expect(source.id.toString()).toMatch(/^[0-9a-f]{32}$/);
          expect(source.id.toString()).not.toMatch(/^0*$/);
          expect(isSafeRequestId(source.id, 0, 32)).toBe(true);
          expect(isValidTraceparent(source.traceparent, 0, 55)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("are the words of sfc32, but for the bits that keep them from being zero", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const source = new IdentitySource(seededWith(seed));
        const words = referenceWords(seed);
        for (let i = 0; i < 10; i++) {
          source.next();
          const drawn = Array.from({ length: 6 }, () => words.next().value ?? 0);
          const hex = drawn.map((word, at) =>
            ((at === 3 || at === 5 ? word | 1 : word) >>> 0).toString(16).padStart(8, "0"),
          );
          expect(source.traceparent.toString()).toBe(`00-${hex.slice(0, 4).join("")}-${hex.slice(4).join("")}-00`);
        }
      }),
    );
  });

  it("are all different", () => {
    const source = new IdentitySource(seededWith(noSeed));
    const seen = new Set<string>();
    for (let i = 0; i < 20_000; i++) {
      source.next();
      seen.add(source.id.toString());
    }
    expect(seen.size).toBe(20_000);
  });
});
