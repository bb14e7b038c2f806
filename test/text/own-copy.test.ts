import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ownCopy } from "../../src/text/own-copy.ts";

describe("a copy of a text in memory of its own", () => {
  it("holds the same code units, lone surrogates too", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => {
        const text = String.fromCharCode(...units);
        expect(ownCopy(text)).toBe(text);
      }),
    );
  });
});
