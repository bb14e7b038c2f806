import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { threadMs } from "./thread-ms.ts";
import { cardOfNumber } from "../../src/redaction/finders/cards.ts";
import { isFoundDecoded } from "../../src/redaction/encodings.ts";
import { hasMatch, replaceMatches, textPatternNames } from "../../src/redaction/text-patterns.ts";
import { cardDigits, groupedCard, hasCheckDigit } from "./a-redactor.ts";

const replaced = (text: string): string => replaceMatches(text, textPatternNames, (value) => `<${value}>`);

describe("the pattern card", () => {
  it.each([
    ["4111111111111111", "<4111111111111111>"],
    ["4111 1111 1111 1111", "<4111111111111111>"],
    ["4111-1111-1111-1111", "<4111111111111111>"],
    ["4111\u00a01111\u20131111\u22121111", "<4111111111111111>"],
    ["3782 822463 10005", "<378282246310005>"],
    ["4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "<4111111111111111>"],
    ["4222222222222", "<4222222222222>"],
    ["2223003122003222", "<2223003122003222>"],
    ["6304000000000000000", "<6304000000000000000>"],
    ["pay 4111111111111111, or else", "pay <4111111111111111>, or else"],
    ["card4111111111111111x", "card<4111111111111111>x"],
    ["-4111111111111111.50", "-<4111111111111111>.50"],
    ["12 4111 1111 1111 1111 99 x", "12 <4111111111111111> 99 x"],
    ["4111111111111111 5500000000000004", "<4111111111111111> <5500000000000004>"],
    ["4111111111111111\n5500000000000004", "<4111111111111111>\n<5500000000000004>"],
    ["4111+1111+1111+1111", "<4111111111111111>"],
    ["hash:4111111111111111", "hash:<4111111111111111>"],
  ])("is found in %j", (text, expected) => {
    expect(replaced(text)).toBe(expected);
  });

  it.each([
    ["no check digit", "4111111111111112"],
    ["a longer run of digits", "41111111111111110000"],
    ["too short", "411111111111"],
    ["first digits of no issuer", "1111111111111117"],
    ["milliseconds since 1970", "1764000000000"],
    ["nanoseconds since 1970", "1764000000000000003"],
    ["a date with a time", "2026-11-25 010203040"],
    ["the fraction of a number", "0.4111111111111111"],
    ["a UUID", "550e8400-e29b-41d4-4111-111111111111"],
    ["a hash of our own", "hash:4111111111111111abcdefabcdefabcd"],
    ["two separators", "4111  1111  1111  1111"],
    ["dots", "4111.1111.1111.1111"],
  ])("is not found in %s: %s", (_, text) => {
    expect(replaced(text)).toBe(text);
  });

  it("joins cards that may share a group into one match", () => {
    expect(hasCheckDigit("4242424242424242")).toBe(true);
    expect(replaced("4242 4242 4242 4242 4242 x")).toBe("<42424242424242424242> x");
  });

  it("is found in any grouping of its digits, next to other numbers", () => {
    const around = fc.constantFrom("", "x", "12 ", "7-", "card: ", "0.5 ");
    fc.assert(
      fc.property(groupedCard, around, fc.constantFrom("", "x", " 12", "-7", ".", ".5"), (card, before, after) => {
        const shown = replaced(`${before}${card.text}${after}`);
        expect(shown).not.toContain(card.text);
        expect(shown.replaceAll(/\D/g, "")).toContain(card.digits);
      }),
    );
  });

  it.each([
    ["4111111111111111", "4111111111111111"],
    ["-4111111111111111", "4111111111111111"],
    ["4111111111111111.0", "4111111111111111"],
    ["4111111111111111.5", "4111111111111111"],
    ["4.111111111111111e15", "4111111111111111"],
    ["4.111111111111111E+15", "4111111111111111"],
    ["0.004111111111111111e18", "4111111111111111"],
    ["41111111111111115e-1", "4111111111111111"],
    ["4111111111111111e0", "4111111111111111"],
    ["4111111111111111e5", "4111111111111111"],
    ["6304000000000000000", "6304000000000000000"],
    ["6.304e18", "6304000000000000000"],
    ["0.4111111111111111", undefined],
    ["4111111111111112", undefined],
    ["1764000000000", undefined],
    ["4e999999999", undefined],
    ["4e-999999999", undefined],
    ["12", undefined],
  ])("of the number %s is %s", (literal, card) => {
    expect(cardOfNumber(literal)).toBe(card);
  });

  it("is found in a number in any notation", () => {
    fc.assert(
      fc.property(cardDigits, fc.integer({ min: 1, max: 40 }), (digits, places) => {
        const shown = digits.padStart(places + 1, "0");
        const mantissa = `${shown.slice(0, -places)}.${shown.slice(-places)}`;
        expect(cardOfNumber(`${mantissa}e${places}`)).toBe(digits);
      }),
    );
  });
});

describe("the pattern email", () => {
  it.each([
    ["joe@example.com", "<joe@example.com>"],
    ["Mail joe.doe+spam@mail.example.co.uk.", "Mail <joe.doe+spam@mail.example.co.uk>."],
    ["<joe@example.com>", "<<joe@example.com>>"],
    ["'joe@example.com'", "'<joe@example.com>'"],
    ["to=joe@example.com&x", "to=<joe@example.com>&x"],
    ["mailto:joe@example.com", "mailto:<joe@example.com>"],
    ["jörg@müller.de", "<jörg@müller.de>"],
    ["почта@пример.рф", "<почта@пример.рф>"],
    ["a@b.cc,d@e.ff", "<a@b.cc>,<d@e.ff>"],
    ["joe@xn--mller-kva.xn--p1ai", "<joe@xn--mller-kva.xn--p1ai>"],
    ["O'Brien@example.com", "<O'Brien@example.com>"],
    ["a@b.cc@d.ee", "<a@b.cc>@d.ee"],
    ["a!b@example.com", "a!<b@example.com>"],
  ])("is found in %j", (text, expected) => {
    expect(replaced(text)).toBe(expected);
  });

  it.each([["joe@localhost"], ["bert@1.2.0"], ["image@sha256:abc"], ["@example.com"], ["a @ b.cc"], ["joe@"], ["@"]])(
    "is not found in %j",
    (text) => {
      expect(replaced(text)).toBe(text);
    },
  );
});

describe("the pattern bearer", () => {
  it.each([
    ["Bearer abc", "Bearer <abc>"],
    ["authorization: bearer   mF_9.B5f-4.1JqM=", "authorization: bearer   <mF_9.B5f-4.1JqM=>"],
    ["BEARER: abc", "BEARER: <abc>"],
    ["Bearer+abc", "Bearer+<abc>"],
    ["Bearer Bearer abc", "Bearer Bearer <abc>"],
    ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "<eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln>"],
    ["t=eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.&x", "t=<eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.>&x"],
    ["eyJh.b.c.d.e f", "<eyJh.b.c.d.e> f"],
    ["Bearer eyJh.b.c/eyJd.e.f", "Bearer <eyJh.b.c/eyJd.e.f>"],
  ])("is found in %j", (text, expected) => {
    expect(replaced(text)).toBe(expected);
  });

  it.each([
    ["Bearer ***"],
    [`Bearer hash:${"0".repeat(32)}`],
    ["the bearer, of"],
    ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0"],
    ["eyJ"],
  ])("is not found in %j", (text) => {
    expect(replaced(text)).toBe(text);
  });
});

describe("encodings", () => {
  const isAddress = (text: string): boolean => hasMatch(text, ["email"]);
  const plain = "please mail joe@example.com today";

  it.each([
    [String.raw`joe\u0040example.com`],
    [String.raw`joe\x40example.com`],
    [String.raw`joe\u{40}example.com`],
    [String.raw`joe\\u0040example.com`],
    ["joe%40example%2Ecom"],
    ["joe%2540example.com"],
    ["joe&#64;example.com"],
    ["joe&#x40;example&period;com"],
    ["joe&amp;commat;example.com"],
    [btoa(plain)],
    [btoa(plain).replace(/=+$/, "")],
    [btoa(btoa(plain))],
    [`data:text/plain;base64,${btoa(plain)}`],
    [btoa("joe%40example.com !")],
    [`${btoa(plain).slice(0, 20)}\r\n${btoa(plain).slice(20)}`],
    [Buffer.from("Grüße an jörg@müller.de ÿ").toString("base64url")],
    [`joe${"\\".repeat(2 ** 9)}u0040example.com`],
  ])("are looked through: %s", (text) => {
    expect(isFoundDecoded(text, isAddress)).toBe(true);
  });

  it.each([
    ["joe@example.com"],
    ["100% of it &c. \\o/"],
    ["550e8400-e29b-41d4-a716-446655440000"],
    [Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]).toString("base64")],
    ["%ff%fe"],
    ["&#99999999;&#1114112;"],
    ["\\"],
  ])("are none, or hide nothing: %s", (text) => {
    expect(isFoundDecoded(text, isAddress)).toBe(false);
  });
});

describe("hostile texts", () => {
  const pieces = [
    "4",
    "4 ",
    "41-",
    "4111111111111111 ",
    "4111111111111111x",
    "411111111111-",
    "550e8400-e29b-41d4-4111-111111111111",
    "hash:",
    "a",
    "@",
    "a@",
    "a@b.",
    "a@b.cc",
    "@b..",
    "bearer ",
    "bearer",
    "Bearer x ",
    "bearer:::",
    "eyJ",
    "eyJ.",
    "eyJa.b ",
    "\\",
    "\\u0040",
    "%",
    "%40",
    "%25",
    "&#64;",
    "&amp;",
    "data:;base64,",
    "QUFB",
    "\ud83d",
    "é",
  ];

  it.each(pieces)("take linear time: %j repeated", (piece) => {
    const search = (length: number): number => {
      const text = piece.repeat(Math.ceil(length / piece.length));
      return threadMs(() => {
        const shown = replaceMatches(text, textPatternNames, () => "***");
        isFoundDecoded(shown, (form) => hasMatch(form, textPatternNames));
      });
    };
    search(2 ** 15);
    const shortMs = search(2 ** 15);
    const longMs = Math.min(search(2 ** 18), search(2 ** 18));
    // Eight times the length: a quadratic search takes 64 times as long, and seconds.
    expect(longMs).toBeLessThan(Math.max(shortMs, 5) * 40);
  });

  it("looks through many line ends in linear time", () => {
    const search = (lines: number): number =>
      threadMs(() => expect(isFoundDecoded(`${"\n".repeat(lines)}!`, () => false)).toBe(false));
    expect(search(100_000)).toBeLessThan(Math.max(search(10_000), 5) * 40);
  });
});
