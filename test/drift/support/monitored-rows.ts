/** Monitors of two features for the tests of drift, and what is fed to them. */
import type { Baseline } from "../../../src/drift/baseline/baseline.ts";
import type { DriftMonitor, MonitorOptions } from "../../../src/drift/monitor/drift-monitor.ts";
import type { TargetReport } from "../../../src/drift/monitor/drift-report.ts";
import { defaultThresholds } from "../../../src/drift/verdict/verdict.ts";
import type { Cell, Columns, FeatureTable, Predictions } from "../../../src/payload/body-content.ts";
import { seededRandom } from "../../../src/sketch/seeded-random.ts";
import { predictionsOf } from "../../support/exchange-content.ts";
import { baselineOf, categorical, normalFeature } from "./some-baselines.ts";

export const options: MonitorOptions = {
  learnRequests: 1000,
  windowMs: 1000,
  longWindowsMs: [4000],
  thresholds: defaultThresholds,
  maxFeatures: 1000,
  formatTime: (ms) => new Date(ms).toISOString(),
};

export const columns: Columns = { names: ["x", "y"], isPositional: false };

/** A request of one row. */
export const row = (...cells: Cell[]): FeatureTable => ({ columns, rowCount: 1, cells });

/** The predictions of a response of one row. */
export const answer = (value: Cell): Predictions => predictionsOf([value]);

/** Judges to the end. */
export const settle = (monitor: DriftMonitor): void => {
  while (monitor.step());
};

export const find = (monitor: DriftMonitor, name: string): TargetReport =>
  monitor.report().targets.find((target) => target.name === name)!;

/** A number around 0 and a word of two. */
export const xy: Baseline = baselineOf([
  normalFeature("x", 5000, seededRandom(1)),
  categorical("y", { a: 2500, b: 2500 }),
]);

/** Requests of one row in one window. */
export function fill(
  monitor: DriftMonitor,
  window: number,
  requests: number,
  draw: (index: number) => FeatureTable,
): void {
  for (let index = 0; index < requests; index++) monitor.add(draw(index), undefined, window * options.windowMs + 1);
}
