import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { requestFraming, responseFraming } from "../../src/http1/framing.ts";
import { readSection } from "./support/read-section.ts";

type Verdict = string | { readonly kind: string; readonly length: number };

const none: Verdict = { kind: "none", length: 0 };
const chunked: Verdict = { kind: "chunked", length: 0 };
const close: Verdict = { kind: "close", length: 0 };
const length = (bytes: number): Verdict => ({ kind: "length", length: bytes });

const cl = (value: string): string => `Content-Length: ${value}`;
const te = (value: string): string => `Transfer-Encoding: ${value}`;

function ofRequest(lines: readonly string[], minor: number): Verdict {
  const { bytes, base, headers } = readSection(lines);
  return requestFraming(bytes, base, headers, minor);
}

function ofResponse(
  lines: readonly string[],
  context: { readonly minor: number; readonly hasNoBody: boolean },
): Verdict {
  const { bytes, base, headers } = readSection(lines);
  return responseFraming(bytes, base, headers, context);
}

/** What the lines say by themselves; `open` when they say nothing of the length. */
const table: readonly (readonly [readonly string[], Verdict | "open"])[] = [
  [[], "open"],
  [["X: y"], "open"],
  [[cl("0")], length(0)],
  [[cl("17")], length(17)],
  [[cl("007")], length(7)],
  [[cl("9007199254740991")], length(Number.MAX_SAFE_INTEGER)],
  [[cl("9007199254740992")], "content_length_malformed"],
  [[cl("5"), cl("5")], length(5)],
  [[cl("5, 5")], length(5)],
  [[cl("5 ,\t5,5")], length(5)],
  [[cl("5, 5"), "X: y", cl("5")], length(5)],
  [[cl("05, 05")], length(5)],
  [[cl("05, 5")], "content_length_conflict"],
  [[cl("0"), cl("00")], "content_length_conflict"],
  [[cl("5"), cl("6")], "content_length_conflict"],
  [[cl("5, 6")], "content_length_conflict"],
  [[cl("5, 5"), cl("6, 6")], "content_length_conflict"],
  [[cl("5, x")], "content_length_malformed"],
  [[cl(", 5")], "content_length_malformed"],
  [[cl("5,")], "content_length_malformed"],
  [[cl("")], "content_length_malformed"],
  [[cl("5 5")], "content_length_malformed"],
  [[cl("-0")], "content_length_malformed"],
  [[te("chunked")], chunked],
  [[te("CHUNKED")], chunked],
  [[te("chunked ")], chunked],
  [[te("")], "transfer_encoding_malformed"],
  [[te("chunked,")], "transfer_encoding_malformed"],
  [[te(",chunked")], "transfer_encoding_malformed"],
  [[te("chunked, chunked")], "transfer_encoding_malformed"],
  [[te("chunked, gzip")], "transfer_encoding_malformed"],
  [[te("gzip")], "transfer_encoding_malformed"],
  [[te("identity")], "transfer_encoding_malformed"],
  [[te("gzip, chunked")], "transfer_encoding_unsupported"],
  [[te("x, chunked")], "transfer_encoding_unsupported"],
  [[te("chunked;a=b")], "transfer_encoding_unsupported"],
  [[te("xchunked")], "transfer_encoding_unsupported"],
  [[te("chunked x")], "transfer_encoding_unsupported"],
  [[cl("5"), te("chunked")], "framing_conflict"],
  [[te("chunked"), cl("5")], "framing_conflict"],
  [[te("chunked"), cl("x")], "content_length_malformed"],
  [[te("identity"), cl("5")], "framing_conflict"],
];

const codings = (lines: readonly string[]): boolean => lines.some((line) => line.startsWith("Transfer"));
const lengths = (lines: readonly string[]): boolean => lines.some((line) => line.startsWith("Content"));

describe.each(table)("framing of %j", (lines, verdict) => {
  it("is the same for a request and a response in HTTP/1.1, but for what is left open", () => {
    expect(ofRequest(lines, 1)).toEqual(verdict === "open" ? none : verdict);
    expect(ofResponse(lines, { minor: 1, hasNoBody: false })).toEqual(verdict === "open" ? close : verdict);
  });

  it("is checked even where there is no body", () => {
    const expected = typeof verdict === "string" && verdict !== "open" ? verdict : none;
    expect(ofResponse(lines, { minor: 1, hasNoBody: true })).toEqual(expected);
  });

  it("has no transfer coding in HTTP/1.0", () => {
    const isLone = codings(lines) && !lengths(lines);
    const expected = isLone ? "transfer_encoding_malformed" : verdict;
    expect(ofRequest(lines, 0)).toEqual(expected === "open" ? none : expected);
    expect(ofResponse(lines, { minor: 0, hasNoBody: false })).toEqual(expected === "open" ? close : expected);
  });
});

describe("framing", () => {
  it("takes a list of lengths only when all members have the same digits", () => {
    const digits = fc.constantFrom("0", "00", "5", "05", "50", "9007199254740991", "9007199254740992", "", "x");
    const member = fc
      .tuple(fc.constantFrom("", " ", "\t"), digits, fc.constantFrom("", " "))
      .map((parts) => parts.join(""));
    const line = fc.array(member, { minLength: 1, maxLength: 3 }).map((members) => members.join(","));
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 3 }), (values) => {
        const members = values.flatMap((value) => value.split(",")).map((value) => value.replaceAll(/[ \t]/g, ""));
        const first = members[0] ?? "";
        const isSound = /^\d+$/.test(first) && BigInt(first) < 2n ** 53n && members.every((value) => value === first);
        const verdict = ofRequest(values.map(cl), 1);
        if (isSound) expect(verdict).toEqual(length(Number(first)));
        else expect(["content_length_malformed", "content_length_conflict"]).toContain(verdict);
      }),
      { numRuns: 1000 },
    );
  });
});
