import { describe, expect, it } from "vitest";

import { readLabelledRows } from "../../../demo/traffic/labelled-rows.ts";
import { seededRandom } from "../../../demo/traffic/seeded-random.ts";
import { createTraffic } from "../../../demo/traffic/traffic.ts";
import { windowSeconds } from "../../../demo/traffic/window-length.ts";

/** Requests that a verdict needs with twenty bins a feature. */
const neededRequests = 600;

/** (Σr)²/Σr² over the requests of some seconds of traffic that are answered with predictions. */
const countedRequests = (seconds: number, rate: number, seed: number): number => {
  const next = createTraffic(readLabelledRows(), "kserve-v2", seededRandom(seed));
  const sizes = Array.from({ length: seconds * rate }, () => next().rowIndexes.length);
  const sum = sizes.reduce((total, size) => total + size, 0);
  return sum ** 2 / sizes.reduce((total, size) => total + size ** 2, 0);
};

describe("the length of a window", () => {
  it.each([50, 75, 150, 200, 349])("gives every window enough requests at %d a second, and not many more", (rate) => {
    const seconds = windowSeconds(rate);
    for (const seed of [1, 2, 3]) {
      expect(countedRequests(seconds, rate, seed)).toBeGreaterThan(neededRequests);
      expect(countedRequests(seconds - 1, rate, seed)).toBeLessThan(neededRequests * 1.25);
    }
  });

  it("stays within bounds whatever the rate", () => {
    expect(windowSeconds(5_000)).toBe(2);
    expect(windowSeconds(0.1)).toBe(60);
  });
});
