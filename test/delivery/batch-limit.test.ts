import { describe, expect, it } from "vitest";
import { BatchLimit } from "../../src/delivery/batch-limit.ts";
import { numbered, numbersOf } from "./support/scripted-destination.ts";

const tens = Array.from({ length: 10 }, (_, number) => numbered(number, 10));

describe("batch limit", () => {
  it("takes the beginning that is within it, and one entry at least", () => {
    const limit = new BatchLimit(35);
    expect(numbersOf(limit.firstOf(tens))).toEqual([0, 1, 2]);
    expect(limit.firstOf([numbered(1, 1000), numbered(2, 1)])).toHaveLength(1);
    expect(limit.firstOf([])).toEqual([]);
  });

  it("halves by what was sent, down to single entries", () => {
    const limit = new BatchLimit(1000);
    limit.halve(tens);
    expect(limit.bytes).toBe(50);
    for (let round = 0; round < 20; round++) limit.halve(limit.firstOf(tens));
    expect(limit.bytes).toBeGreaterThanOrEqual(1);
    expect(limit.firstOf(tens)).toHaveLength(1);
  });

  it("grows after some success, up to where it began", () => {
    const limit = new BatchLimit(100);
    limit.halve(tens);
    const sizes = Array.from({ length: 24 }, () => {
      limit.grow();
      return limit.bytes;
    });
    expect(sizes).toEqual([...Array(7).fill(50), ...Array(8).fill(75), ...Array(9).fill(100)]);
  });
});
