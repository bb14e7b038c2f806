import { describe, expect, it } from "vitest";

import { createInFlightLimit, maxInFlight, minInFlight } from "../../../demo/traffic/in-flight-limit.ts";
import type { InFlightLimit } from "../../../demo/traffic/in-flight-limit.ts";

/** Lets so many rounds pass in which the limit is always reached. */
const run = (limit: InFlightLimit, answers: number, latencyMs: (inFlight: number) => number): void => {
  for (let answer = 0; answer < answers; answer += 1) limit.observe(latencyMs(limit.current()), true);
};

describe("the limit of requests in flight", () => {
  it("grows to its maximum while answers take no longer", () => {
    const limit = createInFlightLimit();
    run(limit, 2_000, () => 8);
    expect(limit.current()).toBe(maxInFlight);
  });

  it("stays where it is while it is not reached", () => {
    const limit = createInFlightLimit();
    for (let answer = 0; answer < 500; answer += 1) limit.observe(8, false);
    expect(limit.current()).toBe(minInFlight);
  });

  it("settles at a short queue in front of one worker, whose answers take longer the more are in flight", () => {
    const limit = createInFlightLimit();
    run(limit, 5_000, (inFlight) => 20 * inFlight);
    expect(limit.current()).toBeLessThanOrEqual(3 * minInFlight);
  });

  it("shrinks to its minimum when the server becomes slow, and grows again when it is quick", () => {
    const limit = createInFlightLimit();
    run(limit, 2_000, () => 8);
    run(limit, 5_000, () => 80);
    expect(limit.current()).toBe(minInFlight);
    run(limit, 200, () => 8);
    expect(limit.current()).toBeGreaterThan(minInFlight);
  });
});
