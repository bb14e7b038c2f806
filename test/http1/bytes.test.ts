import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  asciiBytes,
  equals,
  equalsIgnoreCase,
  hexValue,
  isBlank,
  isFieldValue,
  isHostName,
  isSafeId,
  isTarget,
  isToken,
  lower,
} from "../../src/http1/bytes.ts";
import { bytesOf } from "./support/cuts.ts";

/** The grammar's own words beside each table. */
const classes = [
  { name: "token (RFC 9110 §5.6.2)", table: isToken, pattern: /^[!#$%&'*+\-.^_`|~0-9A-Za-z]$/ },
  { name: "field value with obs-text (RFC 9110 §5.5)", table: isFieldValue, pattern: /^[\t\x20-\x7e\x80-\xff]$/ },
  { name: "request target: visible ASCII but #", table: isTarget, pattern: /^[!-"$-~]$/ },
  { name: "reg-name (RFC 3986 §3.2.2)", table: isHostName, pattern: /^[A-Za-z0-9\-._~%!$&'()*+,;=]$/ },
  { name: "safe request id", table: isSafeId, pattern: /^[A-Za-z0-9\-._~:+/=@]$/ },
];

const everyByte = Array.from({ length: 256 }, (_, byte) => byte);
const character = (byte: number): string => String.fromCharCode(byte);

describe("character tables", () => {
  it.each(classes)("hold exactly the bytes of $name", ({ table, pattern }) => {
    const held = everyByte.filter((byte) => table[byte] === 1);
    expect(held).toEqual(everyByte.filter((byte) => pattern.test(character(byte))));
    expect(table.length).toBe(256);
  });

  it("give letters in lower case and every other byte as it is", () => {
    for (const byte of everyByte) {
      const expected = byte < 0x80 ? character(byte).toLowerCase().charCodeAt(0) : byte;
      expect(lower[byte]).toBe(expected);
    }
  });

  it("give the value of hexadecimal digits and 255 for the rest", () => {
    for (const byte of everyByte) {
      const at = "0123456789abcdef".indexOf(character(byte).toLowerCase());
      expect(hexValue[byte]).toBe(at === -1 ? 255 : at);
    }
  });

  it("call only space and tab blank", () => {
    expect([...everyByte, undefined].filter((byte) => isBlank(byte))).toEqual([0x09, 0x20]);
  });
});

describe("comparing bytes with a text", () => {
  const texts = fc.string({ unit: "binary-ascii", maxLength: 12 });
  const lowerTexts = texts.map((text) => text.toLowerCase());

  it("is the same as comparing strings, at any offset", () => {
    fc.assert(
      fc.property(texts, texts, fc.nat(5), fc.boolean(), (a, b, offset, same) => {
        const wanted = same ? a : b;
        const bytes = bytesOf(`${"x".repeat(offset)}${a}yy`);
        expect(equals(bytes, offset, offset + a.length, wanted)).toBe(a === wanted);
      }),
    );
  });

  it("leaves letter case aside when asked to, and only that of ASCII letters", () => {
    fc.assert(
      fc.property(lowerTexts, lowerTexts, fc.infiniteStream(fc.boolean()), fc.boolean(), (a, b, raised, same) => {
        const wanted = same ? a : b;
        const written = Array.from(a, (c) => ((raised.next().value ?? false) ? c.toUpperCase() : c)).join("");
        const bytes = bytesOf(`zz${written}zz`);
        expect(equalsIgnoreCase(bytes, 2, 2 + written.length, wanted)).toBe(a === wanted);
      }),
    );
    // `@` and the grave accent, `[` and `{` differ in the same bit as letters do.
    expect(equalsIgnoreCase(bytesOf("@["), 0, 2, "`{")).toBe(false);
  });

  it("turns ASCII text into its bytes", () => {
    expect([...asciiBytes("GET /\r\n")]).toEqual([0x47, 0x45, 0x54, 0x20, 0x2f, 0x0d, 0x0a]);
  });
});
