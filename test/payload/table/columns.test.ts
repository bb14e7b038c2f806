import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ColumnsMemo } from "../../../src/payload/table/columns.ts";

describe("ColumnsMemo", () => {
  it("gives the same object for the same names, whichever list comes between", () => {
    const memo = new ColumnsMemo();
    const first = memo.named(["a", "b"]);
    const others = Array.from({ length: 7 }, (_, index) => memo.named([`c${index}`]));
    expect(new Set(others).size).toBe(7);
    expect(memo.named(["a", "b"])).toBe(first);
    expect(memo.named(["c0"])).toBe(others[0]);
    expect(memo.named(["b", "a"])).not.toBe(first);
    expect(memo.named(["a"])).not.toBe(first);
  });

  it("forgets the list that was unused for longest", () => {
    const memo = new ColumnsMemo();
    const first = memo.named(["a"]);
    const second = memo.named(["b"]);
    for (let index = 0; index < 7; index++) {
      memo.named([`c${index}`]);
      memo.named(["a"]);
    }
    expect(memo.named(["a"])).toBe(first);
    expect(memo.find(["b"])).toBeUndefined();
    expect(memo.named(["b"])).not.toBe(second);
  });

  it("finds no list for values that are not names", () => {
    const memo = new ColumnsMemo();
    memo.named(["1", "2"]);
    expect(memo.find([1, 2])).toBeUndefined();
    expect(memo.find([null, {}])).toBeUndefined();
  });

  it("names positions", () => {
    const memo = new ColumnsMemo();
    expect(memo.positional(3)).toEqual({ names: ["0", "1", "2"], isPositional: true });
    expect(memo.positional(2, "x")).toEqual({ names: ["x[0]", "x[1]"], isPositional: true });
    expect(memo.positional(0).names).toEqual([]);
    expect(memo.positional(2, "x")).toBe(memo.positional(2, "x"));
    expect(memo.positional(2)).not.toBe(memo.positional(2, "x"));
  });

  it("gives the names of the call, whatever came before", () => {
    const names = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 3 });
    fc.assert(
      fc.property(fc.array(names, { maxLength: 40 }), (lists) => {
        const memo = new ColumnsMemo();
        for (const list of lists) {
          expect(memo.named(list)).toEqual({ names: list, isPositional: false });
          expect(memo.named([...list])).toBe(memo.named(list));
        }
      }),
    );
  });
});
