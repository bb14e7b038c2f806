import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maxRequestedMs, RetryDelay } from "../../src/delivery/retry-delay.ts";

describe("the delay of a retry", () => {
  it("waits between 0 and a bound that doubles up to the maximum", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.nat(60_000), fc.nat(2000), (firstMs, more, failures) => {
        const maxMs = firstMs + more;
        const longest = new RetryDelay({ firstMs, maxMs, random: () => 1 });
        const shortest = new RetryDelay({ firstMs, maxMs, random: () => 0 });
        for (let failure = 0; failure < failures % 40; failure++) {
          longest.failed(100);
          shortest.failed(100);
          expect(longest.notBeforeMs).toBe(100 + Math.min(firstMs * 2 ** failure, maxMs));
          expect(shortest.notBeforeMs).toBe(100);
        }
      }),
    );
  });

  it("never retries before the time that the destination requests, nor much later", () => {
    const delay = new RetryDelay({ firstMs: 100, maxMs: 60_000, random: () => 1 });
    for (let failure = 0; failure < 20; failure++) delay.failed(0);
    delay.failed(1000, 7000);
    expect(delay.notBeforeMs).toBe(8100);
    delay.failed(1000, Infinity);
    expect(delay.notBeforeMs).toBe(1000 + maxRequestedMs + 100);
  });

  it("starts over after a success", () => {
    const delay = new RetryDelay({ firstMs: 100, maxMs: 60_000, random: () => 1 });
    for (let failure = 0; failure < 20; failure++) delay.failed(0);
    delay.succeeded();
    expect(delay.notBeforeMs).toBe(-Infinity);
    delay.failed(0);
    expect(delay.notBeforeMs).toBe(100);
  });

  it("skips a back-off, but not a wait that the destination requested", () => {
    const delay = new RetryDelay({ firstMs: 1000, maxMs: 60_000, random: () => 1 });
    delay.failed(50);
    delay.skipBackoff();
    expect(delay.notBeforeMs).toBe(50);
    delay.failed(50, 5000);
    delay.skipBackoff();
    expect(delay.notBeforeMs).toBe(5050);
  });
});
