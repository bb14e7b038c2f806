import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RecentWindow } from "../../../src/metrics/requests/recent-window.ts";

const start = 1_700_000_000_000;
const idle = { requestsPerSecond: 0, p50Seconds: 0, p95Seconds: 0, p99Seconds: 0 };

describe("recent window", () => {
  it("reads zero, not nothing, before the first request and again when idle", () => {
    const window = new RecentWindow();
    expect(window.read(start)).toEqual(idle);
    window.arrive(start);
    window.record(1000, start);
    expect(window.read(start + 100)).not.toEqual(idle);
    expect(window.read(start + 6000)).toEqual(idle);
  });

  it("settles on a steady rate within 1 %, wherever in a slot it is read", () => {
    for (const late of [0, 100, 250, 499]) {
      const reader = new RecentWindow();
      for (let at = 0; at <= 19_000 + late; at += 10) reader.arrive(start + at);
      expect(Math.abs(reader.read(start + 19_000 + late).requestsPerSecond - 100)).toBeLessThan(1);
    }
  });

  it("follows a step of load in five seconds", () => {
    const window = new RecentWindow();
    for (let at = 0; at < 10_000; at += 100) window.arrive(start + at);
    for (let at = 10_000; at < 15_000; at += 10) window.arrive(start + at);
    expect(window.read(start + 15_000).requestsPerSecond).toBeCloseTo(100, 0);
  });

  it("gives the quantiles of what ended in the window and forgets what is older", () => {
    const window = new RecentWindow();
    for (let i = 0; i < 100; i++) window.record(900_000, start);
    for (let i = 1; i <= 100; i++) window.record(i * 1000, start + 7000);
    const { p50Seconds, p95Seconds, p99Seconds } = window.read(start + 7500);
    expect(p50Seconds).toBeCloseTo(0.05, 3);
    expect(p95Seconds).toBeCloseTo(0.095, 2);
    expect(p99Seconds).toBeCloseTo(0.099, 2);
  });

  it("starts afresh when the wall clock jumps back or forward", () => {
    for (const jump of [-3_600_000, 3_600_000]) {
      const window = new RecentWindow();
      for (let at = 0; at < 5000; at += 10) window.arrive(start + at);
      for (let at = 0; at < 5000; at += 100) window.arrive(start + jump + at);
      expect(window.read(start + jump + 5000).requestsPerSecond).toBeCloseTo(10, 0);
    }
  });

  it("never counts more than came nor less than came in the last five seconds", () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 100 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 0, max: 5000 }), (between, wait) => {
        const window = new RecentWindow();
        let now = start;
        const arrivals = between.map((gap) => (now += gap));
        for (const at of arrivals) window.arrive(at);
        now += wait;
        const counted = window.read(now).requestsPerSecond * 5;
        const inside = (ms: number) => arrivals.filter((at) => at > now - ms).length;
        // The oldest slot is weighed as if its arrivals were spread evenly: up to half a second either way.
        expect(counted).toBeGreaterThanOrEqual(inside(4500) - 1e-9);
        expect(counted).toBeLessThanOrEqual(inside(5500) + 1e-9);
      }),
    );
  });
});
