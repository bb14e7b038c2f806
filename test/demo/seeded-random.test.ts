import { describe, expect, it } from "vitest";

import { exponentialDelay, logNormal, randomIndex, seededRandom, weightedChoice } from "../../demo/seeded-random.ts";

const draws = 20_000;

describe("seededRandom", () => {
  it("gives the same numbers for the same seed and others for another", () => {
    const [first, again, other] = [7, 7, 8].map((seed) => Array.from({ length: 50 }, seededRandom(seed)));
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it("spreads evenly over 0 to 1", () => {
    const random = seededRandom(1);
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let draw = 0; draw < draws; draw += 1) {
      tenths[Math.floor(random() * 10)]! += 1;
    }
    for (const count of tenths) {
      expect(count / draws).toBeCloseTo(0.1, 1.6);
    }
  });
});

describe("draws", () => {
  it("reach every index and none beyond", () => {
    const random = seededRandom(2);
    const seen = new Set(Array.from({ length: 500 }, () => randomIndex(random, 5)));
    expect(seen).toEqual(new Set([0, 1, 2, 3, 4]));
  });

  it("come on average after the mean time", () => {
    const random = seededRandom(3);
    const sum = Array.from({ length: draws }, () => exponentialDelay(random, 10)).reduce((a, b) => a + b);
    expect(sum / draws).toBeGreaterThan(9.5);
    expect(sum / draws).toBeLessThan(10.5);
  });

  it("lie half below and half above the median of the log-normal", () => {
    const random = seededRandom(4);
    const below = Array.from({ length: draws }, () => logNormal(random, 8, 0.4)).filter((value) => value < 8).length;
    expect(below / draws).toBeGreaterThan(0.48);
    expect(below / draws).toBeLessThan(0.52);
    expect(logNormal(random, 8, 0)).toBe(8);
  });

  it("follow the weights of the choices and never take one without weight", () => {
    const random = seededRandom(5);
    const drawn = Array.from({ length: draws }, () =>
      weightedChoice(random, [
        ["a", 3],
        ["never", 0],
        ["b", 1],
      ] as const),
    );
    expect(drawn).not.toContain("never");
    expect(drawn.filter((choice) => choice === "a").length / draws).toBeCloseTo(0.75, 1);
  });

  it("refuse an empty list of choices", () => {
    expect(() => weightedChoice(seededRandom(6), [])).toThrow("at least one");
  });
});
