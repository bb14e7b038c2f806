import { describe, expect, it } from "vitest";
import { DriftMonitor } from "../../../src/drift/monitor/drift-monitor.ts";
import type { Cell, FeatureTable } from "../../../src/payload/body-content.ts";
import { seededRandom } from "../../../src/sketch/seeded-random.ts";
import { aSubject, baselineOf, categorical, normals, numeric } from "../support/some-baselines.ts";
import { options, row, settle, find, xy, fill } from "../support/monitored-rows.ts";

const only = (name: string, cell: Cell): FeatureTable => ({
  columns: { names: [name], isPositional: false },
  rowCount: 1,
  cells: [cell],
});

describe("a feature that does not come as what it was", () => {
  it.each<[string, (index: number) => FeatureTable, object]>([
    ["absent from all rows", () => only("y", "a"), { absent: ["x"] }],
    ["of another type in half of the rows", (index) => row(index % 2 === 0 ? 0 : "0", "a"), { absent: [] }],
  ])("says after one window that a feature is critical that is %s, and calms down afterwards", (_, odd, changes) => {
    const draw = normals(seededRandom(3));
    const monitor = new DriftMonitor(aSubject, options, xy, 0);
    const states: unknown[] = [];
    for (let window = 0; window < 5; window++) {
      const calm = (index: number): FeatureTable => row(draw(), index % 2 === 0 ? "a" : "b");
      fill(monitor, window, 700, window === 1 ? odd : calm);
      monitor.advance((window + 1) * 1000);
      settle(monitor);
      states.push(find(monitor, "x").state);
      if (window === 1) {
        expect(monitor.report()).toMatchObject({ state: "critical", changes });
        expect(find(monitor, "x")).toMatchObject({ level: "critical", violations: 1 });
        expect(find(monitor, "y").state, "a change of shares needs two windows").toBe("ok");
      }
    }
    expect(states).toEqual(["ok", "critical", "critical", "ok", "ok"]);
  });

  it("leaves a feature to the statistics that is not in all rows of the window, or not in most of the baseline", () => {
    const rare = baselineOf([numeric("x", [0, 1, 2], { missing: 400 }), categorical("y", { a: 2500, b: 2500 })]);
    for (const [baseline, isAbsent] of [
      [xy, (index: number) => index > 0],
      [rare, () => true],
    ] as const) {
      const monitor = new DriftMonitor(aSubject, options, baseline, 0);
      fill(monitor, 0, 700, (index) => (isAbsent(index) ? only("y", index % 2 === 0 ? "a" : "b") : row(0, "a")));
      monitor.advance(1000);
      settle(monitor);
      expect(find(monitor, "x").state).toBe("ok");
      expect(monitor.report().changes.absent).toEqual(["x"]);
    }
  });
});
