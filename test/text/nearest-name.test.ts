import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { nearestName } from "../../src/text/nearest-name.ts";
import { fieldRows } from "../../src/config/table/table.ts";

const letters = (text: string): string => text.replace(/[-_.]/g, "");

/** Edit distance with swaps, by its definition. */
function distance(left: string, right: string, known = new Map<string, number>()): number {
  const key = `${left} ${right}`;
  const cached = known.get(key);
  if (cached !== undefined) return cached;
  let result = left.length + right.length;
  if (left !== "" && right !== "") {
    const [l, r] = [left.slice(1), right.slice(1)];
    result = Math.min(
      distance(l, right, known) + 1,
      distance(left, r, known) + 1,
      distance(l, r, known) + (left[0] === right[0] ? 0 : 1),
    );
    if (l !== "" && r !== "" && left[0] === right[1] && left[1] === right[0]) {
      result = Math.min(result, distance(l.slice(1), r.slice(1), known) + 1);
    }
  }
  known.set(key, result);
  return result;
}

describe("the nearest name", () => {
  it.each([
    ["--listn", "--listen"],
    ["--lsiten", "--listen"],
    ["--upstraem", "--upstream"],
    ["--log_level", "--log-level"],
    ["--loglevel", "--log-level"],
    ["--modelname", "--model-name"],
    ["--first-byte-ms", undefined],
    ["--zzz", undefined],
  ])("of the flag %s is %s", (given, nearest) => {
    expect(nearestName(given, ["--listen", "--upstream", "--log-level", "--model-name"])).toBe(nearest);
  });

  it("gives a name that no other is nearer than, after one letter was lost, doubled, changed or swapped", () => {
    const paths = fieldRows.map((row) => row.path);
    const slips = {
      lose: (path: string, at: number) => path.slice(0, at) + path.slice(at + 1),
      double: (path: string, at: number) => path.slice(0, at) + path.charAt(at) + path.slice(at),
      change: (path: string, at: number) => `${path.slice(0, at)}#${path.slice(at + 1)}`,
      swap: (path: string, at: number) =>
        path.slice(0, at) + path.charAt(at + 1) + path.charAt(at) + path.slice(at + 2),
    };
    const slip = fc.constantFrom(slips.lose, slips.double, slips.change, slips.swap);
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.nat(), slip, (path, seed, apply) => {
        const spoilt = apply(path, seed % (path.length - 1));
        const nearest = nearestName(spoilt, paths);
        const least = Math.min(...paths.map((candidate) => distance(letters(spoilt), letters(candidate))));
        expect(least).toBeLessThanOrEqual(1);
        expect(distance(letters(spoilt), letters(nearest ?? ""))).toBe(least);
      }),
      { numRuns: 200 },
    );
  });

  it("gives nothing when there is nothing to choose from, and is not slow for a long name", () => {
    expect(nearestName("x".repeat(1_000_000), ["listen"])).toBeUndefined();
    expect(nearestName("", ["listen"])).toBeUndefined();
    expect(nearestName("listen", [])).toBeUndefined();
  });
});
