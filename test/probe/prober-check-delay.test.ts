import { describe, expect, it } from "vitest";

import { checkDelayMs } from "../../src/probe/prober.ts";

describe("checkDelayMs", () => {
  const young = { ageMs: 3000, intervalMs: 5000 };
  it.each([
    ["soon while nothing answers at the start", { ...young, isLive: false, isReady: false }, 100],
    ["less soon while an answer says not ready", { ...young, isLive: true, isReady: false }, 500],
    ["at the interval once ready", { ...young, isLive: true, isReady: true }, 5000],
    ["at the interval after ten seconds", { ageMs: 10_000, intervalMs: 5000, isLive: false, isReady: false }, 5000],
    ["never later than the interval", { ageMs: 0, intervalMs: 20, isLive: false, isReady: false }, 20],
  ])("checks %s", (_, timing, delayMs) => {
    expect(checkDelayMs(timing)).toBe(delayMs);
  });
});
