import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  isExpectContinue,
  isSafeRequestId,
  isValidHost,
  isValidTraceparent,
  readDecimal,
} from "../../src/http1/field-value.ts";
import { bytesOf } from "./support/cuts.ts";

/** Calls a check on `value` in the midst of bytes that may not change its verdict, be they good or bad ones. */
function on<T>(value: string, check: (bytes: Uint8Array, start: number, end: number) => T): T {
  const [first, second] = ["000", " ]:"].map((around) =>
    check(bytesOf(`${around}${value}${around}`), around.length, around.length + value.length),
  );
  expect(first).toEqual(second);
  return first as T;
}

const pieces = (parts: readonly string[], maxLength: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...parts), { maxLength }).map((chosen) => chosen.join(""));

function naiveHost(value: string): boolean {
  const match = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-._~%!$&'()*+,;=]*)(:[0-9]*)?$/.exec(value);
  if (match === null || value.startsWith(":")) return false;
  return Number(match[1]?.slice(1) ?? 0) <= 65_535;
}

describe("Host (RFC 9110 §7.2)", () => {
  it.each([
    ["", true],
    ["localhost", true],
    ["model.example:8080", true],
    ["127.0.0.1:65535", true],
    ["[::1]:80", true],
    ["[::ffff:1.2.3.4]", true],
    ["host:", true],
    ["host:65536", false],
    ["host:99999999999999999999", false],
    [":80", false],
    ["[]", false],
    ["[::1", false],
    ["[::1]x", false],
    ["user@host", false],
    ["a b", false],
    ["a/b", false],
    ["host:80:80", false],
    ["host:+80", false],
    ["ex\u00e4mple", false],
  ])("%j is valid: %s", (value, valid) => {
    expect(on(value, isValidHost)).toBe(valid);
  });

  it("is judged as a regular expression would", () => {
    const parts = [
      "a",
      "Z9",
      "-._~",
      "%20",
      "[",
      "]",
      ":",
      "::1",
      "1.2.3.4",
      "80",
      "65535",
      "65536",
      "000",
      "@",
      " ",
      "/",
    ];
    fc.assert(
      fc.property(fc.oneof(pieces(parts, 6), fc.string({ unit: "binary-ascii" })), (value) => {
        expect(on(value, isValidHost)).toBe(naiveHost(value));
      }),
      { numRuns: 2000 },
    );
  });
});

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";

function naiveTraceparent(value: string): boolean {
  const match = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-[^]*)?$/.exec(value);
  if (match === null || match[1] === "ff" || (match[1] === "00" && match[4] !== undefined)) return false;
  return !/^0*$/.test(match[2] ?? "") && !/^0*$/.test(match[3] ?? "");
}

describe("traceparent (W3C Trace Context §3.2)", () => {
  it.each([
    [`00-${traceId}-${spanId}-01`, true],
    [`00-${traceId}-${spanId}-00`, true],
    [`cc-${traceId}-${spanId}-01`, true],
    [`cc-${traceId}-${spanId}-01-what.comes`, true],
    [`cc-${traceId}-${spanId}-01.what`, false],
    [`00-${traceId}-${spanId}-01-`, false],
    [`ff-${traceId}-${spanId}-01`, false],
    [`0f-${traceId}-${spanId}-01`, true],
    [`f0-${traceId}-${spanId}-01`, true],
    [`00-${"0".repeat(32)}-${spanId}-01`, false],
    [`00-${traceId}-${"0".repeat(16)}-01`, false],
    [`00-${traceId.toUpperCase()}-${spanId}-01`, false],
    [`00-${traceId}-${spanId}-0`, false],
    [`00_${traceId}-${spanId}-01`, false],
    [`00-${traceId}_${spanId}-01`, false],
    [`00-${traceId}-${spanId}_01`, false],
    [`0g-${traceId}-${spanId}-01`, false],
    [`00-${traceId}-${spanId}-0g`, false],
    ["", false],
  ])("%s is valid: %s", (value, valid) => {
    expect(on(value, isValidTraceparent)).toBe(valid);
  });

  it("is judged as a regular expression would, one changed character at a time", () => {
    const valid = fc.constantFrom(
      `00-${traceId}-${spanId}-01`,
      `a0-${traceId}-${spanId}-ff-x`,
      `00-${traceId}-${spanId}-0`,
    );
    const character = fc.constantFrom("0", "1", "a", "f", "g", "A", "F", "-", "_", " ", "\u00e9", "");
    fc.assert(
      fc.property(valid, fc.nat(60), character, fc.integer({ min: 0, max: 3 }), (value, at, other, removed) => {
        const changed = value.slice(0, at) + other + value.slice(at + removed);
        expect(on(changed, isValidTraceparent)).toBe(naiveTraceparent(changed));
      }),
      { numRuns: 2000 },
    );
  });
});

describe("a client's request id", () => {
  it("is kept when it is 1 to 128 letters, digits or marks that nothing misreads", () => {
    const value = fc.oneof(
      fc.string({ unit: fc.constantFrom(..."aZ09-._~:+/=@"), maxLength: 140 }),
      fc.string({ unit: "binary-ascii", maxLength: 6 }),
    );
    fc.assert(
      fc.property(value, (id) => {
        expect(on(id, isSafeRequestId)).toBe(/^[A-Za-z0-9\-._~:+/=@]{1,128}$/.test(id));
      }),
      { numRuns: 500 },
    );
    expect(on("a".repeat(128), isSafeRequestId)).toBe(true);
    expect(on("a".repeat(129), isSafeRequestId)).toBe(false);
    expect(on("abc\u00e4", isSafeRequestId)).toBe(false);
  });
});

describe("a decimal number", () => {
  it.each([
    ["0", 0],
    ["007", 7],
    ["9007199254740991", Number.MAX_SAFE_INTEGER],
    ["9007199254740992", -1],
    ["9007199254740993", -1],
    ["99999999999999999999999999999999", -1],
    ["", -1],
    ["+1", -1],
    ["-1", -1],
    ["1.0", -1],
    ["1e3", -1],
    [" 1", -1],
    ["1 ", -1],
    ["0x10", -1],
    ["\u00b2", -1],
  ])("%j reads as %d", (text, value) => {
    expect(on(text, readDecimal)).toBe(value);
  });

  it("is any row of digits up to 2^53 − 1 and nothing else", () => {
    const text = fc.oneof(
      fc.maxSafeNat().map(String),
      pieces(["0", "9", "12", "/", ":", " "], 12),
      fc.bigInt({ min: 0n }).map(String),
    );
    fc.assert(
      fc.property(text, (digits) => {
        const expected = /^[0-9]+$/.test(digits) && BigInt(digits) < 2n ** 53n ? Number(digits) : -1;
        expect(on(digits, readDecimal)).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("Expect", () => {
  it("is understood as 100-continue in any letters and nothing else", () => {
    const values = ["100-continue", "100-Continue", "100-CONTINUE", "100-continue, x", "100", ""];
    expect(values.map((value) => on(value, isExpectContinue))).toEqual([true, true, true, false, false, false]);
  });
});
