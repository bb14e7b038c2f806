import { describe, expect, it } from "vitest";
import { DriftMonitor } from "../../../src/drift/monitor/drift-monitor.ts";
import { aSubject } from "../support/some-baselines.ts";
import { options, row, answer, settle, xy } from "../support/monitored-rows.ts";

describe("learning a baseline", () => {
  it("learns on while requests come without features but with answers, unless no request ever has any", () => {
    const monitor = new DriftMonitor(aSubject, { ...options, learnRequests: 50 }, undefined, 0);
    monitor.add(row(1, "a"), answer("yes"), 0);
    for (let index = 0; index < 200; index++) monitor.add(undefined, answer("yes"), 0);
    settle(monitor);
    expect(monitor.report()).toMatchObject({ state: "not_ready", learning: { requests: 1, needed: 50 } });
    for (let index = 0; index < 49; index++) monitor.add(row(index, "a"), undefined, 0);
    settle(monitor);
    expect(monitor.baseline).toMatchObject({ features: [{ name: "x" }, { name: "y" }], source: { rows: 50 } });
    const answers = new DriftMonitor(aSubject, { ...options, learnRequests: 50 }, undefined, 0);
    for (let index = 0; index < 50; index++) answers.add({ ...row(), rowCount: 0 }, answer("yes"), 0);
    settle(answers);
    expect(answers.baseline).toMatchObject({ features: [], source: { rows: 50 }, prediction: { counts: [50] } });
  });

  it("reports the columns that it had no room to learn", () => {
    const monitor = new DriftMonitor(aSubject, { ...options, learnRequests: 2, maxFeatures: 1 }, undefined, 0);
    monitor.add(row(1, "a"), undefined, 0);
    expect(monitor.report()).toMatchObject({ learning: { dropped_columns: 1 }, unwatched_features: 1 });
    monitor.add(row(1, "a"), undefined, 0);
    settle(monitor);
    expect(monitor.report()).toMatchObject({ baseline: { features: 1 }, unwatched_features: 1 });
    monitor.useBaseline(xy, 0);
    expect(monitor.report().unwatched_features).toBe(1);
    const wide = new DriftMonitor(aSubject, options, xy, 0);
    expect(wide.report()).toMatchObject({
      unwatched_features: 0,
      thresholds: { warn_psi: 0.05, critical_psi: 0.2, false_discovery: 0.01 },
    });
  });
});
