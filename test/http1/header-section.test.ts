import { describe, expect, it } from "vitest";
import { Field } from "../../src/http1/field.ts";
import { HeaderSection, Progress } from "../../src/http1/header-section.ts";
import { allCuts, bytesOf, feed } from "./support/cuts.ts";
import { picturedLines, wideLimits, wordOf } from "./support/head-pictures.ts";

function read(text: string, cuts: readonly number[], headers = new HeaderSection(wideLimits)): object {
  headers.reset(0);
  const progress = feed(bytesOf(text), cuts, (bytes, base, end) => headers.read(bytes, base, end));
  return { progress: wordOf(progress), fault: headers.fault, lines: picturedLines(headers), at: headers.at };
}

describe("header lines", () => {
  it("are four offsets and a field each, without the white space around the value", () => {
    const text = "A:b\r\nHost: \t c d \t\r\nX-Y:\r\nZ:  \r\n\r\n";
    const expected = {
      progress: "done",
      fault: "",
      at: text.length,
      lines: [
        { name: [0, 1], value: [2, 3], lineEnd: 5, field: Field.other },
        { name: [5, 9], value: [13, 16], lineEnd: 20, field: Field.host },
        { name: [20, 23], value: [24, 24], lineEnd: 26, field: Field.other },
        { name: [26, 27], value: [30, 30], lineEnd: 32, field: Field.other },
      ],
    };
    for (const cuts of allCuts(text.length)) expect(read(text, cuts)).toEqual(expected);
  });

  it("may be none at all", () => {
    for (const cuts of allCuts(2)) expect(read("\r\n", cuts)).toMatchObject({ progress: "done", lines: [], at: 2 });
  });

  it("may hold any token in the name and any visible byte, space, tab or obs-text in the value", () => {
    const token = "!#$%&'*+-.^_`|~09azAZ";
    const value = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte))
      .filter((c) => c === "\t" || (c >= " " && c !== "\u007f"))
      .join("");
    expect(read(`${token}:a${value}z\r\n\r\n`, [])).toMatchObject({ progress: "done" });
    for (let byte = 0; byte < 256; byte++) {
      const c = String.fromCharCode(byte);
      expect(read(`a${c}b:\r\n\r\n`, [])).toMatchObject({
        progress: c === ":" || token.includes(c) || /[0-9A-Za-z]/.test(c) ? "done" : "faulty",
      });
      expect(read(`a:b${c}c\r\n\r\n`, [])).toMatchObject({ progress: value.includes(c) ? "done" : "faulty" });
    }
  });

  it("end where the empty line begins", () => {
    const headers = new HeaderSection(wideLimits);
    read("A: b\r\nC: d\r\n\r\nE: f", [], headers);
    expect(headers.linesEnd).toBe("A: b\r\nC: d\r\n".length);
    expect(headers.fieldAt(0)).toBe(Field.other);
  });

  it("are read on from a later offset when something stands before them", () => {
    const headers = new HeaderSection(wideLimits);
    const bytes = bytesOf("xxxGET / HTTP/1.1\r\nA: b\r\n\r\n");
    headers.reset(16);
    expect(headers.read(bytes, 3, bytes.length)).toBe(Progress.done);
    expect(picturedLines(headers)).toEqual([{ name: [16, 17], value: [19, 20], lineEnd: 22, field: Field.other }]);
  });

  it.each([
    ["exactly as many bytes as the bound", "A: b\r\n\r\n", 8, "done", ""],
    ["one byte more than the bound", "A: b\r\n\r\n", 7, "faulty", "head_too_large"],
    ["an endless value", `A: ${"b".repeat(50)}`, 20, "faulty", "head_too_large"],
    ["as many bytes as the bound and no end", "A: b\r\n", 6, "faulty", "head_too_large"],
    ["one byte less than the bound and no end", "A: b\r\n", 7, "needsMore", ""],
  ] as const)("of %s", (...[, text, headBytes, progress, fault]) => {
    for (const cuts of allCuts(text.length)) {
      expect(read(text, cuts, new HeaderSection({ ...wideLimits, headBytes }))).toMatchObject({ progress, fault });
    }
  });
});
