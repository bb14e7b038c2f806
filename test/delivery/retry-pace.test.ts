import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maxAskedMs, RetryPace } from "../../src/delivery/retry-pace.ts";

describe("retry pace", () => {
  it("waits between nothing and a bound that doubles up to the cap", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.nat(60_000), fc.nat(2000), (firstMs, more, failures) => {
        const maxMs = firstMs + more;
        const longest = new RetryPace({ firstMs, maxMs, random: () => 1 });
        const shortest = new RetryPace({ firstMs, maxMs, random: () => 0 });
        for (let failure = 0; failure < failures % 40; failure++) {
          longest.failed(100);
          shortest.failed(100);
          expect(longest.notBeforeMs).toBe(100 + Math.min(firstMs * 2 ** failure, maxMs));
          expect(shortest.notBeforeMs).toBe(100);
        }
      }),
    );
  });

  it("never comes back before the other side wants it, or much later", () => {
    const pace = new RetryPace({ firstMs: 100, maxMs: 60_000, random: () => 1 });
    for (let failure = 0; failure < 20; failure++) pace.failed(0);
    pace.failed(1000, 7000);
    expect(pace.notBeforeMs).toBe(8100);
    pace.failed(1000, Infinity);
    expect(pace.notBeforeMs).toBe(1000 + maxAskedMs + 100);
    pace.postpone(1000, 500);
    expect(pace.notBeforeMs).toBe(1500);
  });

  it("begins anew after a success", () => {
    const pace = new RetryPace({ firstMs: 100, maxMs: 60_000, random: () => 1 });
    for (let failure = 0; failure < 20; failure++) pace.failed(0);
    pace.succeeded();
    expect(pace.notBeforeMs).toBe(-Infinity);
    pace.failed(0);
    expect(pace.notBeforeMs).toBe(100);
  });

  it("sits out what was asked for even in a hurry, but no back-off", () => {
    const pace = new RetryPace({ firstMs: 1000, maxMs: 60_000, random: () => 1 });
    pace.failed(50);
    pace.hurry();
    expect(pace.notBeforeMs).toBe(50);
    pace.failed(50, 5000);
    pace.hurry();
    expect(pace.notBeforeMs).toBe(5050);
  });
});
