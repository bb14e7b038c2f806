import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createConnectionOptions, isNamed, readConnectionOptions } from "../../src/http1/connection-options.ts";
import { readSection } from "./support/read-section.ts";

const options = createConnectionOptions();

/** Reads Connection lines and tells what they say, the named headers as texts. */
function said(lines: readonly string[]): unknown {
  const { bytes, base, headers } = readSection(lines);
  const fault = readConnectionOptions(options, bytes, base, headers);
  if (fault !== "") return fault;
  const named = Array.from({ length: options.namedCount }, (_, i) =>
    bytes.toString("latin1", base + options.namedStart[i]!, base + options.namedEnd[i]!),
  );
  return { close: options.close, keepAlive: options.keepAlive, upgrade: options.upgrade, named };
}

const nothing = { close: false, keepAlive: false, upgrade: false, named: [] };

describe("options of a connection (RFC 9110 §7.6.1)", () => {
  it.each([
    [[], nothing],
    [["Connection:"], nothing],
    [["X-Connection: close"], nothing],
    [["Connection: close"], { ...nothing, close: true }],
    [["connection: CLOSE"], { ...nothing, close: true }],
    [["Connection: closed"], { ...nothing, named: ["closed"] }],
    [["Connection: keep-alive, Upgrade"], { ...nothing, keepAlive: true, upgrade: true }],
    [["Connection: TE"], nothing],
    [["Connection: X-a ,\tx-B,,close"], { ...nothing, close: true, named: ["X-a", "x-B"] }],
    [
      ["Connection: close", "A: b", "Connection: keep-alive, c"],
      { close: true, keepAlive: true, upgrade: false, named: ["c"] },
    ],
    [[`Connection: ${"x,".repeat(64)}`], { ...nothing, named: Array.from({ length: 64 }, () => "x") }],
    [[`Connection: ${"x,".repeat(65)}`], "too_many_headers"],
    [[`Connection: ${"close,".repeat(65)}`], { ...nothing, close: true }],
    [[`Connection: ${"x,".repeat(40)}`, `Connection: ${"x,".repeat(25)}`], "too_many_headers"],
  ])("%j", (lines, expected) => {
    expect(said(lines)).toEqual(expected);
  });

  it("are what a plain split of all lines gives", () => {
    const member = fc.constantFrom(
      "close",
      "Keep-Alive",
      "UPGRADE",
      "te",
      "x-a",
      "x b",
      "",
      "keepalive",
      "\t",
      " close ",
    );
    const line = fc.array(member, { maxLength: 6 }).map((members) => `Connection: ${members.join(",")}`);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 3 }), (lines) => {
        const members = lines
          .flatMap((text) => text.slice("Connection:".length).split(","))
          .map((text) => text.replaceAll(/^[ \t]+|[ \t]+$/g, ""))
          .filter((text) => text !== "");
        const has = (option: string): boolean => members.some((text) => text.toLowerCase() === option);
        expect(said(lines)).toEqual({
          close: has("close"),
          keepAlive: has("keep-alive"),
          upgrade: has("upgrade"),
          named: members.filter((text) => !["close", "keep-alive", "upgrade", "te"].includes(text.toLowerCase())),
        });
      }),
      { numRuns: 500 },
    );
  });
});

describe("a header that Connection names", () => {
  it("is known by its whole name in any letters", () => {
    const names = fc.constantFrom("x-a", "X-A", "x-ab", "X-b", "y-a", "x", "X@", "x`");
    fc.assert(
      fc.property(fc.array(names, { maxLength: 4 }), names, (listed, name) => {
        const { bytes, base, headers } = readSection([`Connection: ${listed.join(", ")}`]);
        expect(readConnectionOptions(options, bytes, base, headers)).toBe("");
        const wanted = Buffer.concat([bytes, Buffer.from(name)]);
        const place = { start: bytes.length, end: wanted.length };
        const expected = listed.some((one) => one.toLowerCase() === name.toLowerCase());
        expect(isNamed(options, wanted, base, place)).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });
});
