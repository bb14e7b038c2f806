import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parseExactly } from "../../../src/payload/json/exact-json.ts";
import { asCells, cellOf, isList, type JsonValue, member } from "../../../src/payload/json/json-value.ts";
import { readJson, readJsonText } from "../../../src/payload/json/read-json.ts";
import type { ReadResult } from "../../../src/payload/body-content.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The value of a body whose cells are looked at one by one, as readers do. */
function read(body: string | Uint8Array, maxDepth = 64): ReadResult<JsonValue> {
  return readJson(typeof body === "string" ? bytesOf(body) : body, maxDepth, (value, pass) => {
    for (const cell of isList(value) ? value : [value]) cellOf(cell, pass);
    return { kind: "read", value };
  });
}

const unread = (reason: string): unknown => ({ kind: "unread", reason });
const value = (value: unknown): unknown => ({ kind: "read", value });

describe("readJson", () => {
  it.each([
    ["[1,2.5,-0]", [1, 2.5, -0]],
    ['\ufeff{"a":null}', { a: null }],
    [" \r\n\t[true]\n", [true]],
    ["[NaN,Infinity,-Infinity]", [Number.NaN, Infinity, -Infinity]],
    ['{"a":[NaN,"x\\n\\u00e9"]}', { a: [Number.NaN, "x\né"] }],
    ["NaN", Number.NaN],
    ["[NaN,null,false]", [Number.NaN, null, false]],
    ["[9007199254740993]", [9007199254740993n]],
    ["[-9223372036854775808,9223372036854775807,1]", [-9223372036854775808n, 9223372036854775807n, 1]],
    ["[18446744073709551615]", [18446744073709551615n]],
    ["[9007199254740991,9007199254740992]", [9007199254740991, 9007199254740992n]],
    ["[NaN,9007199254740993]", [Number.NaN, 9007199254740993n]],
    ["[1e308,1e999,-1e999,12345678901234567890.0]", [1e308, Infinity, -Infinity, Number("12345678901234567890")]],
    ['{"a":1,"a":2}', { a: 2 }],
    ['{"a":NaN,"a":2}', { a: 2 }],
  ])("reads %s", (text, expected) => {
    expect(read(text)).toEqual(value(expected));
  });

  it.each([
    ["", "empty"],
    [" \n", "empty"],
    ["[1,]", "not_json"],
    ["[NaN,]", "not_json"],
    ["{NaN:1}", "not_json"],
    ["{'a':1}", "not_json"],
    ["[nan]", "not_json"],
    ["[+1]", "not_json"],
    ["[01]", "not_json"],
    ["[NaN 1]", "not_json"],
    ["[NaN]x", "not_json"],
    ['{"a" NaN}', "not_json"],
    ['["a\nb",NaN]', "not_json"],
    ['["\\x",NaN]', "not_json"],
    ["[1.,NaN]", "not_json"],
    ["<html>", "not_json"],
    ["[[[[[]]]]]", "too_deep"],
    ['{"a":{"a":{"a":{"a":{}}}}}', "too_deep"],
    ["[[[[[NaN]]]]]", "too_deep"],
  ])("does not read %j", (text, reason) => {
    expect(read(text, 4)).toEqual(unread(reason));
  });

  it("counts containers within each other, not brackets", () => {
    expect(read('[[1],[2],[3],[4],[5],["]]]][[[[[[["]]', 2).kind).toBe("read");
    expect(read("[[1],[2],[3],[4],[[5]]]", 2)).toEqual(unread("too_deep"));
    expect(read('[[NaN],[2],[3],[4],["[[[[["]]', 2).kind).toBe("read");
  });

  it.each([["["], ['{"a":'], ["[["], ['[{"a":']])("does not overflow the stack on a megabyte of %s", (opener) => {
    const open = opener.repeat(1_000_000 / opener.length);
    expect(read(open, 1e9)).toEqual(unread("too_deep"));
    const close = Array.from(opener, (each) => (each === "[" ? "]" : each === "{" ? "}" : ""))
      .reverse()
      .join("");
    expect(read(`${open}1${close.repeat(1_000_000 / opener.length)}`, 1e9)).toEqual(unread("too_deep"));
  });

  it("keeps names of Object.prototype as keys of their own", () => {
    for (const rest of ["1", "NaN"]) {
      const result = read(`{"__proto__":{"a":1},"constructor":2,"toString":${rest}}`);
      if (result.kind === "unread") throw new Error(result.reason);
      expect(Object.keys(result.value as object)).toEqual(["__proto__", "constructor", "toString"]);
      expect(member(result.value, "__proto__")).toEqual({ a: 1 });
      expect(member(result.value, "a")).toBeUndefined();
      expect(member(result.value, "valueOf")).toBeUndefined();
    }
  });

  it("puts U+FFFD where the bytes are not UTF-8", () => {
    expect(read(Uint8Array.of(0x22, 0xc3, 0x28, 0xff, 0x22))).toEqual(value("\ufffd(\ufffd"));
  });

  it("asks once for bodies whose large numbers were written with a point or an exponent", () => {
    let asked = 0;
    for (const text of ["[1e300]", "[12345678901234567890.5]", "[0.12345678901234567890]", "[9007199254740993]"]) {
      readJsonText(text, 9, (list, pass) => {
        asked += 1;
        asCells(list as readonly JsonValue[], pass);
        return { kind: "read", value: list };
      });
    }
    expect(asked).toBe(5);
  });

  it("agrees with JSON.parse on every document", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, "\t"), (document, space) => {
        const text = JSON.stringify(document, null, space);
        const parsed: unknown = JSON.parse(text);
        const exact = parseExactly(text, 512);
        expect(exact).toEqual({ value: integersOf(parsed, text) });
      }),
    );
  });

  it("refuses every document that JSON.parse refuses, but for the three words", () => {
    const noisy = fc.array(fc.constantFrom(...'[]{},:"\\ 01.e-+\nntfu', "null", "true", '"a"'), { maxLength: 12 });
    fc.assert(
      fc.property(noisy, (parts) => {
        const text = parts.join("");
        const parsed = tryParse(text);
        expect(parseExactly(text, 512)).toEqual(parsed);
      }),
      { numRuns: 2000 },
    );
  });
});

function tryParse(text: string): { value: unknown } | undefined {
  try {
    return { value: integersOf(JSON.parse(text), text) };
  } catch {
    return undefined;
  }
}

/** JSON.parse's value with exact integers, by its own means. */
function integersOf(value: unknown, text: string): unknown {
  if (!/\d{16}/.test(text)) return value;
  const reviver = (_: string, each: unknown, context: { source?: string }): unknown =>
    /^-?\d{1,39}$/.test(context.source ?? "") && !Number.isSafeInteger(each) ? BigInt(context.source ?? "") : each;
  return JSON.parse(text, reviver as (key: string, value: unknown) => unknown);
}
