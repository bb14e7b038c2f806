import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createBoundedMemo } from "../../src/routing/bounded-memo.ts";

describe("createBoundedMemo", () => {
  it("forgets nothing while no more keys are in use than a generation holds", () => {
    const memo = createBoundedMemo<number>(10);
    for (let round = 0; round < 50; round++) {
      for (let key = 0; key < 10; key++) {
        const known = memo.get(String(key));
        if (round > 0) expect(known).toBe(key);
        else memo.set(String(key), key);
      }
    }
  });

  it("keeps a key that is read often while new keys stream past", () => {
    const memo = createBoundedMemo<string>(8);
    memo.set("kept", "value");
    for (let stranger = 0; stranger < 1000; stranger++) {
      memo.set(`stranger ${stranger}`, "x");
      expect(memo.get("kept")).toBe("value");
    }
    expect(memo.get("stranger 0")).toBeUndefined();
  });

  it("never holds more than two generations and never gives a wrong value", () => {
    const step = fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 60 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const memo = createBoundedMemo<number>(7);
        for (const [isWrite, key] of steps) {
          if (isWrite) memo.set(String(key), key);
          else expect([key, undefined]).toContain(memo.get(String(key)));
          expect(memo.size).toBeLessThanOrEqual(14);
        }
      }),
    );
  });
});
