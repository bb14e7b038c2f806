import { describe, expect, it } from "vitest";
import { DateLine } from "../../src/relay/date-line.ts";

describe("the Date line", () => {
  it("is in the one form that RFC 9110 §5.6.7 allows to be sent, and made anew once a second", () => {
    let wallMs = Date.UTC(1994, 10, 6, 8, 49, 37, 999);
    const line = new DateLine({ wallMs: () => wallMs, monotonicMs: () => 0 });
    expect(line.bytes.toString()).toBe("Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
    const first = line.bytes;
    wallMs += 1;
    expect(line.bytes).toBe(first);
    line.update();
    expect(line.bytes.toString()).toBe("Date: Sun, 06 Nov 1994 08:49:38 GMT\r\n");
    const second = line.bytes;
    wallMs += 999;
    line.update();
    expect(line.bytes).toBe(second);
    wallMs -= 3_600_000;
    line.update();
    expect(line.bytes.toString()).toContain("07:49:38");
  });
});
