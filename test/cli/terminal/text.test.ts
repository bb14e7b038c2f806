import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { cutText, wrappedList } from "../../../src/cli/terminal/text.ts";

const word = fc.string({ minLength: 1, maxLength: 60 }).map((text) => text.replaceAll(/\s/g, "_"));

describe("a list that is wrapped", () => {
  it("stays in one line while there is room", () => {
    expect(wrappedList("a  ", ["b", "c d"], 80)).toEqual(["a  b, c d"]);
    expect(wrappedList("", ["b"], 80)).toEqual(["b"]);
    expect(wrappedList("a", [], 80)).toEqual(["a"]);
  });

  it("breaks between items, then between words", () => {
    expect(wrappedList("name  ", ["numeric", "mean 1"], 16)).toEqual(["name  numeric,", "  mean 1"]);
    expect(wrappedList("", ["quartiles of all"], 12)).toEqual(["quartiles of", "  all"]);
  });

  it("never has a line that is too long, and loses nothing but spaces", () => {
    fc.assert(
      fc.property(word, fc.array(word, { maxLength: 8 }), fc.integer({ min: 10, max: 80 }), (start, items, width) => {
        const lines = wrappedList(`${start} `, items, width);
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
        expect(lines.join("").replaceAll(" ", "")).toBe(`${start}${items.join(",")}`);
      }),
    );
  });
});

describe("a text that is cut", () => {
  it("fits, and shows that it was cut", () => {
    expect([cutText("abc", 3), cutText("abcd", 3), cutText("abc", 0)]).toEqual(["abc", "ab~", "~"]);
  });
});
