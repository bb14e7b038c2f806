import { describe, expect, it } from "vitest";
import { ClosedWindows } from "../../src/fleet/closed-windows.ts";

describe("closed windows", () => {
  it("are published again until their time is up, and then dropped", () => {
    const closed = new ClosedWindows(500);
    const first = { key: "a", windowMs: 1000, windowIndex: 3, counts: new Float64Array(1) };
    const second = { ...first, windowIndex: 4 };
    closed.add(first);
    closed.add(second);
    expect(closed.current(4000)).toEqual([first, second]);
    expect(closed.current(4499)).toEqual([first, second]);
    expect(closed.current(4500)).toEqual([second]);
    expect(closed.current(4000), "what was dropped does not come back").toEqual([second]);
    expect(closed.current(5500)).toEqual([]);
  });
});
