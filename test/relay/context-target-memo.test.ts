import type { RouteTable } from "../../src/routing/route-table.ts";
import { routeTableOf } from "../support/routing-of.ts";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type KnownTarget, TargetMemo } from "../../src/relay/context.ts";

const table = routeTableOf("kserve-v2");

function counted(): { readonly table: RouteTable; readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    table: {
      remembered: table.remembered,
      decide: (method, target) => {
        asked.push(`${method} ${target}`);
        return table.decide(method, target);
      },
    },
  };
}

/** Asks for `line` in the midst of other bytes, which are overwritten afterwards as a read buffer is. */
function ask(memo: TargetMemo, routes: RouteTable, line: string): KnownTarget {
  const bytes = Buffer.from(`xx${line} HTTP/1.1`, "latin1");
  const known = memo.decide(routes, bytes, 2, 2 + line.length);
  bytes.fill("?");
  return known;
}

describe("remembered targets", () => {
  it("are decided once, as the table would", () => {
    const { table: routes, asked } = counted();
    const memo = new TargetMemo();
    const first = ask(memo, routes, "POST /v2/models/iris/infer?a=b c");
    expect(first).toMatchObject({ method: "POST", target: "/v2/models/iris/infer?a=b c" });
    expect(first.decision).toEqual(table.decide("POST", "/v2/models/iris/infer?a=b c"));
    expect(ask(memo, routes, "POST /v2/models/iris/infer?a=b c")).toBe(first);
    expect(asked).toHaveLength(1);
  });

  it("are decided anew after a clear", () => {
    const { table: routes, asked } = counted();
    const memo = new TargetMemo();
    ask(memo, routes, "GET /v2");
    memo.clear();
    ask(memo, routes, "GET /v2");
    expect(asked).toHaveLength(2);
  });

  it.each([
    [512, 1],
    [513, 2],
  ])("of %d bytes are decided %d times in two", (length, times) => {
    const { table: routes, asked } = counted();
    const memo = new TargetMemo();
    const line = "GET /v2/".padEnd(length, "x");
    for (let i = 0; i < 2; i++) expect(ask(memo, routes, line).target).toHaveLength(length - 4);
    expect(asked).toHaveLength(times);
  });

  it("are no more than 256: of many, most have lost their place by the next round", () => {
    const { table: routes, asked } = counted();
    const memo = new TargetMemo();
    const lines = Array.from({ length: 2000 }, (_, i) => `GET /v2/models/m${i}/ready`);
    for (const line of lines) ask(memo, routes, line);
    for (const line of lines.toReversed()) ask(memo, routes, line);
    expect(asked.length).toBeGreaterThanOrEqual(4000 - 256);
    // Enough of them are remembered for the memo to be of use.
    expect(asked.length).toBeLessThan(4000 - 128);
  });

  it("are told apart by their first byte", () => {
    const memo = new TargetMemo();
    // Of so many pairs some share a place.
    for (let i = 0; i < 3000; i++) {
      for (const method of ["AET", "BET"]) expect(ask(memo, table, `${method} /v2/${i}`).method).toBe(method);
    }
  });

  it("are never mistaken for one another, whichever share a place", () => {
    const memo = new TargetMemo();
    const line = fc
      .tuple(
        fc.constantFrom("GET", "POST", "PUT"),
        fc.constantFrom("/v2/models/", "/v2/", "/"),
        fc.nat(600),
        fc.constantFrom("", "/infer", "/ready"),
      )
      .map(([method, start, i, end]) => `${method} ${start}${i}${end}`);
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 200 }), (lines) => {
        for (const one of lines) {
          const [method = "", target = ""] = one.split(" ");
          const { decision, ...known } = ask(memo, table, one);
          expect(known).toMatchObject({ method, target });
          expect(decision).toEqual(table.decide(method, target));
        }
      }),
      { numRuns: 50 },
    );
  });
});
