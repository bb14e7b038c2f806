import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { DriftHistory, worseState, type DriftState } from "../../../src/drift/verdict/history.ts";
import type { Level } from "../../../src/drift/verdict/verdict.ts";

function after(...levels: readonly Level[]): { readonly state: DriftState; readonly violations: number } {
  const history = new DriftHistory(1);
  for (const level of levels) history.add(0, level);
  return { state: history.stateOf(0), violations: history.violationsOf(0) };
}

describe("DriftHistory", () => {
  it.each<[readonly Level[], DriftState, number]>([
    [[], "not_ready", 0],
    [["none"], "not_ready", 0],
    [["ok"], "ok", 0],
    [["critical"], "ok", 1],
    [["critical", "ok"], "ok", 1],
    [["critical", "ok", "critical"], "critical", 2],
    [["critical", "critical"], "critical", 2],
    [["warn", "critical"], "warn", 2],
    [["warn", "none", "warn"], "warn", 2],
    [["critical", "ok", "ok", "critical"], "ok", 2],
    [["critical", "critical", "ok", "ok"], "ok", 2],
    [["critical", "warn", "critical"], "critical", 3],
  ])("after %j says %s", (levels, state, violations) => {
    expect(after(...levels)).toEqual({ state, violations });
  });

  it("is critical at once when there is no doubt, and calms down as after two critical windows", () => {
    const history = new DriftHistory(1);
    history.add(0, "ok");
    history.addCertain(0);
    const states = [history.stateOf(0)];
    for (let window = 0; window < 2; window++) {
      history.add(0, "ok");
      states.push(history.stateOf(0));
    }
    expect(states).toEqual(["critical", "critical", "ok"]);
    expect(history.violationsOf(0)).toBe(1);
  });

  it("goes on from what was saved as if nothing had happened", () => {
    const level = fc.constantFrom<Level>("ok", "warn", "critical", "none");
    fc.assert(
      fc.property(fc.array(level), fc.array(level), (before, later) => {
        const saved = new DriftHistory(1);
        for (const each of before) saved.add(0, each);
        const next = new DriftHistory(1);
        expect(next.load(JSON.parse(JSON.stringify(saved.save())))).toBe(true);
        for (const each of later) next.add(0, each);
        expect({ state: next.stateOf(0), violations: next.violationsOf(0) }).toEqual(after(...before, ...later));
      }),
    );
  });

  it.each([
    undefined,
    null,
    7,
    {},
    { recent: [1], violations: [] },
    { recent: [1, 2], violations: [0, 0] },
    { recent: [64], violations: [0] },
    { recent: [-1], violations: [0] },
    { recent: ["1"], violations: [0] },
    { recent: [1], violations: [0.5] },
  ])("refuses %j", (saved) => {
    const history = new DriftHistory(1);
    history.add(0, "warn");
    expect(history.load(saved)).toBe(false);
    expect(history.violationsOf(0)).toBe(1);
  });

  it("knows which state is worse", () => {
    expect(worseState("not_ready", "ok")).toBe("ok");
    expect(worseState("critical", "warn")).toBe("critical");
  });
});
