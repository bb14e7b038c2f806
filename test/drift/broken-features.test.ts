import { describe, expect, it } from "vitest";

import type { Baseline } from "../../src/drift/baseline.ts";
import { DriftMonitor, type MonitorOptions } from "../../src/drift/drift-monitor.ts";
import type { TargetReport } from "../../src/drift/drift-report.ts";
import { defaultThresholds } from "../../src/drift/verdict.ts";
import type { Cell, FeatureTable } from "../../src/inference/reading.ts";
import { seededRandom } from "../../src/sketch/seeded-random.ts";
import { aSubject, baselineOf, categorical, normalFeature, normals, numeric } from "./some-baselines.ts";

const options: MonitorOptions = {
  learnRequests: 1000,
  windowMs: 1000,
  longWindowsMs: [4000],
  thresholds: defaultThresholds,
  maxFeatures: 1000,
  formatTime: (ms) => new Date(ms).toISOString(),
};
const columns = { names: ["x", "y"], isPositional: false };
const row = (...cells: Cell[]): FeatureTable => ({ columns, rowCount: 1, cells });
const only = (name: string, cell: Cell): FeatureTable => ({
  columns: { names: [name], isPositional: false },
  rowCount: 1,
  cells: [cell],
});
const settle = (monitor: DriftMonitor): void => {
  while (monitor.step());
};
const find = (monitor: DriftMonitor, name: string): TargetReport =>
  monitor.report().targets.find((target) => target.name === name)!;

const xy: Baseline = baselineOf([normalFeature("x", 5000, seededRandom(1)), categorical("y", { a: 2500, b: 2500 })]);

/** Requests of one row in one window. */
function fill(monitor: DriftMonitor, window: number, requests: number, draw: (index: number) => FeatureTable): void {
  for (let index = 0; index < requests; index++) monitor.add(draw(index), undefined, window * options.windowMs + 1);
}

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
