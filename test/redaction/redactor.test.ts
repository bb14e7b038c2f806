import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aRedactor, rules, testHash } from "./a-redactor.ts";

const card = "4111111111111111";

describe("a redactor", () => {
  it("is off without rules and patterns", () => {
    const off = aRedactor({ patterns: [] });
    expect(off).toMatchObject({ isOn: false, hasPointers: false, hasFeatures: false });
    expect(off.text(`${card} joe@example.com`)).toBe(`${card} joe@example.com`);
    expect(off.text("\\".repeat(2 ** 10))).toBe("\\".repeat(2 ** 10));
    expect(off.feature("a", 4111111111111111)).toBe(4111111111111111);
    const named = aRedactor({ patterns: [], drop: rules("feature:x") });
    expect(named.text("\\".repeat(2 ** 10))).toBe("\\".repeat(2 ** 10));
  });

  it("is on with a pattern, or with a rule of any kind", () => {
    expect(aRedactor()).toMatchObject({ isOn: true, hasPointers: false, hasFeatures: false });
    expect(aRedactor({ patterns: [], drop: rules("header:x") }).isOn).toBe(true);
    expect(aRedactor({ patterns: [], drop: rules("feature:x") })).toMatchObject({ isOn: true, hasFeatures: true });
    expect(aRedactor({ patterns: [], hash: rules("pointer:/x") })).toMatchObject({ isOn: true, hasPointers: true });
  });

  it("drops, masks or hashes what patterns find", () => {
    const text = `${card} of joe@example.com`;
    expect(aRedactor({ patternAction: "drop" }).text(text)).toBe(" of ");
    expect(aRedactor().text(text)).toBe("*** of ***");
    expect(aRedactor({ patternAction: "hash" }).text(text)).toBe(
      `hash:${testHash(card)} of hash:${testHash("joe@example.com")}`,
    );
  });

  it("searches the configured patterns only", () => {
    expect(aRedactor({ patterns: ["email"] }).text(`${card} of joe@example.com`)).toBe(`${card} of ***`);
    expect(aRedactor({ patterns: ["email"] }).feature("a", 4111111111111111)).toBe(4111111111111111);
  });

  it("replaces a whole text when a match shows only after decoding", () => {
    expect(aRedactor().text("/users/joe%40example.com/predict")).toBe("***");
    expect(aRedactor({ patternAction: "hash" }).text("a joe%40example.com")).toBe(
      `hash:${testHash("a joe%40example.com")}`,
    );
    expect(aRedactor().text("/users/joe%40example.com/joe@example.com")).toBe("***");
  });

  it("redacts JSON in a string like a body, so that it stays JSON", () => {
    const redactor = aRedactor({ mask: rules("feature:ssn") });
    const inner = JSON.stringify({ note: "a\njoe@example.com", ssn: [1, 2], n: 1 });
    expect(redactor.text(inner)).toBe('{"note":"a\\n***","ssn":["***","***"],"n":1}');
    const outer = JSON.stringify({ arguments: inner, n: 1 });
    expect(JSON.parse(JSON.parse(redactor.text(outer)).arguments)).toEqual({
      note: "a\n***",
      ssn: ["***", "***"],
      n: 1,
    });
  });

  it("redacts the end of a text that readers may have cut, since it may be half of a match", () => {
    const cut = (end: string): string => `${"word ".repeat(60).slice(0, 256 - end.length - 1)} ${end}`;
    expect(cut("joe@exam")).toHaveLength(256);
    expect(aRedactor().text(cut("joe@exam"))).toMatch(/ \*\*\*$/);
    expect(aRedactor().text(cut("4111 1111 11"))).toMatch(/ ?\*\*\*$/);
    expect(aRedactor().text(cut("4111 1111 11"))).not.toMatch(/\d/);
    expect(aRedactor().feature("a", cut("eyJhbGciOiJIUzI1NiJ9.eyJzdW"))).not.toContain("eyJ");
    expect(aRedactor().text(cut("joe@exam").slice(1))).toMatch(/ \*\*\*$/);
    expect(aRedactor().text(`${"1 ".repeat(127)}1é`)).toBe(`${"1 ".repeat(127)}1é`);
    expect(aRedactor().text(`${"é".repeat(253)} 12`)).toBe(`${"é".repeat(253)} ***`);
    const longer = `x${cut("joe@exam")}`;
    expect(aRedactor().text(longer)).toBe(longer);
    expect(aRedactor({ patterns: [] }).text(cut("joe@exam"))).toBe(cut("joe@exam"));
  });
});

describe("features", () => {
  const redactor = aRedactor({ drop: rules("feature:a"), mask: rules("feature:b"), hash: rules("feature:c") });

  it.each([["x"], [1], [true], [null]])("are dropped, masked or hashed by name, whatever they hold: %j", (value) => {
    expect(redactor.feature("a", value)).toBeUndefined();
    expect(redactor.feature("b", value)).toBe("***");
    expect(redactor.feature("c", value)).toBe(`hash:${testHash(String(value))}`);
    expect(redactor.feature("d", value)).toBe(value);
  });

  it.each([
    ["a.street", true],
    ["a[0]", true],
    ["x.a", true],
    ["x.a[3].y", true],
    ["ab", false],
    ["ab.c2", false],
    ["x.ba", false],
    ["x[a]", false],
    ["A", false],
  ])("that are nested are found by a name on the way: %s %s", (name, isNamed) => {
    expect(redactor.isNamed(name)).toBe(isNamed);
    expect(redactor.feature(name, 1) === undefined).toBe(isNamed);
  });

  it.each([
    [["a"], ["a"], ["a"], undefined],
    [[], ["a"], ["a"], "***"],
    [[], [], ["a"], `hash:${testHash("joe@example.com")}`],
    [[], ["x"], ["x.a"], "***"],
  ])("of several rules the strictest holds, before patterns: drop %j, mask %j, hash %j", (drop, mask, hash, shown) => {
    const named = (names: string[]) => rules(...names.map((name) => `feature:${name}`));
    const strict = aRedactor({ drop: named(drop), mask: named(mask), hash: named(hash), patternAction: "drop" });
    expect(strict.feature(mask[0] === "x" ? "x.a" : "a", "joe@example.com")).toBe(shown);
  });

  it("that are card numbers are found, and no other numbers", () => {
    expect(aRedactor().feature("x", 4111111111111111)).toBe("***");
    expect(aRedactor({ patternAction: "drop" }).feature("x", 4111111111111111)).toBeNull();
    expect(aRedactor({ patternAction: "hash" }).feature("x", 4111111111111111)).toBe(`hash:${testHash(card)}`);
    for (const value of [4111111111111112, 0.4111111111111111, 1764000000000, 1e300, -5, 0]) {
      expect(aRedactor().feature("x", value)).toBe(value);
    }
  });

  it("are not redacted twice", () => {
    const shown = redactor.feature("c", "x") ?? "";
    expect(redactor.feature("c", shown)).toBe(shown);
    expect(redactor.feature("c", "***")).toBe("***");
  });

  it("have redacted names, which are numbered when equal", () => {
    const names = ["a@b.cc", "x", "d@e.ff", "***"];
    expect(redactor.featureNames(names)).toEqual(["***#2", "x", "***#3", "***"]);
    expect(redactor.featureNames(["x", "y"])).toEqual(["x", "y"]);
    expect(redactor.text("mail of joe@example.com")).toBe("mail of ***");
  });
});

describe("headers", () => {
  const redactor = aRedactor({ drop: rules("header:X-A"), mask: rules("header:x-b"), hash: rules("header:x-c") });

  it("are redacted by name in any case, the others by patterns", () => {
    expect(redactor.header("x-a", "v")).toBeUndefined();
    expect(redactor.header("X-B", "v")).toBe("***");
    expect(redactor.header("x-c", "v")).toBe(`hash:${testHash("v")}`);
    expect(redactor.header("authorization", "Bearer abc")).toBe("Bearer ***");
    expect(redactor.header("x-d", "v")).toBe("v");
  });
});

describe("hashes", () => {
  const redactor = aRedactor({
    hash: rules("feature:f", "pointer:/p", "header:h"),
    patternAction: "hash",
  });
  const inBody = (body: unknown): unknown => Object.values(JSON.parse(redactor.json(JSON.stringify(body)) ?? ""))[0];

  it("are the same for the same value, whichever rule finds it", () => {
    const value = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
    );
    fc.assert(
      fc.property(value, (same) => {
        redactor.renew();
        const hash = redactor.feature("f", same);
        expect(hash).toBe(`hash:${testHash(String(same))}`);
        expect(inBody({ f: same })).toBe(hash);
        expect(inBody({ p: same })).toBe(hash);
        expect(inBody({ p: String(same) })).toBe(hash);
        expect(inBody({ f: [same] })).toEqual([hash]);
        expect(redactor.header("h", String(same))).toBe(hash);
      }),
    );
  });

  it("differ for other values, and do not depend on the order of members", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        redactor.renew();
        expect(inBody({ p: one }) === inBody({ p: other })).toBe(oracle(one) === oracle(other));
        expect(inBody({ p: one })).toBe(inBody({ p: reversed(one) }));
      }),
    );
  });

  it("are bounded for one record: further values are masked, and a body is refused", () => {
    const many = JSON.stringify({ f: Array.from({ length: 2001 }, (_, i) => i) });
    redactor.renew();
    expect(redactor.json(many)).toBeUndefined();
    expect(redactor.feature("f", 1)).toBe("***");
    redactor.renew();
    expect(redactor.feature("f", 1)).toBe(`hash:${testHash("1")}`);
  });

  it("of integers past 2^53 keep all digits", () => {
    redactor.renew();
    const hash = redactor.feature("f", "9007199254740993");
    expect(JSON.parse(redactor.json('{"f":9007199254740993,"p":9007199254740993}') ?? "")).toEqual({
      f: hash,
      p: hash,
    });
  });

  it("of a card are those of its digits in any grouping", () => {
    const hash = `hash:${testHash(card)}`;
    expect(redactor.text("4111 1111-1111 1111")).toBe(hash);
    expect(redactor.feature("x", 4111111111111111)).toBe(hash);
    expect(inBody({ x: 4111111111111111 })).toBe(hash);
    expect(redactor.json("[4.111111111111111e15]")).toBe(`["${hash}"]`);
  });
});

/** Canonical text as the documentation says it, written another way. */
function oracle(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? 0 : value;
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => ({ key, member: sorted(member) }));
  return { members };
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, reversed(member)]),
  );
}
