import { describe, expect, it } from "vitest";
import { contextForTest } from "./support/context-for-test.ts";

describe("the Date line", () => {
  it("is in the one form that RFC 9110 §5.6.7 allows to be sent, and made anew once a second", () => {
    const { context, clock } = contextForTest();
    const setWall = (wallMs: number): void => {
      clock.nowMs = wallMs - 1_764_000_000_000;
      context.sweep();
    };
    const wallMs = Date.UTC(1994, 10, 6, 8, 49, 37, 999);
    setWall(wallMs - 999);
    const first = context.dateLine;
    expect(first.toString()).toBe("Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
    setWall(wallMs);
    expect(context.dateLine).toBe(first);
    setWall(wallMs + 1);
    const second = context.dateLine;
    expect(second.toString()).toBe("Date: Sun, 06 Nov 1994 08:49:38 GMT\r\n");
    setWall(wallMs + 1000);
    expect(context.dateLine).toBe(second);
    setWall(wallMs - 3_600_000 + 1000);
    expect(context.dateLine.toString()).toContain("07:49:38");
  });
});
