import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { backoffMs } from "../src/backoff.ts";

describe("backoffMs", () => {
  const bounds = { firstMs: 100, maxMs: 1000 };

  it("doubles the bound up to the maximum", () => {
    const waits = [1, 2, 3, 4, 5, 6].map((failures) => backoffMs(failures, { ...bounds, jitter: 0 }, () => 0.3));
    expect(waits).toEqual([100, 200, 400, 800, 1000, 1000]);
  });

  it.each([
    [1, 0, 0],
    [1, 0.5, 200],
    [0.5, 0, 200],
    [0.5, 0.5, 300],
    [0, 0.5, 400],
  ])("takes a share of %d from the bound at random", (jitter, chance, waitMs) => {
    expect(backoffMs(3, { ...bounds, jitter }, () => chance)).toBe(waitMs);
  });

  it("stays finite and within the maximum however often something failed", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 31 }),
        fc.integer({ min: 1, max: 60_000 }),
        fc.integer({ min: 1, max: 600_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (failures, firstMs, maxMs, chance) => {
          const waitMs = backoffMs(failures, { firstMs, maxMs, jitter: 1 }, () => chance);
          expect(waitMs).toBeGreaterThanOrEqual(0);
          expect(waitMs).toBeLessThanOrEqual(maxMs);
        },
      ),
    );
  });
});
