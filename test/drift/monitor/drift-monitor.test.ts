import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DriftMonitor } from "../../../src/drift/monitor/drift-monitor.ts";
import type { FeatureTable } from "../../../src/payload/body-content.ts";
import { seededRandom } from "../../../src/sketch/seeded-random.ts";
import { aSubject, baselineOf, categorical, normalFeature, normals, numeric } from "../support/some-baselines.ts";
import { options, columns, row, answer, settle, find, xy, fill } from "../support/monitored-rows.ts";

describe("DriftMonitor", () => {
  it("judges on when the clock is set back: no window is taken for one that was decided before", () => {
    const draw = normals(seededRandom(3));
    const monitor = new DriftMonitor(aSubject, options, xy, 100_000);
    const sample = (shift: number) => (index: number) => row(draw() + shift, index % 2 === 0 ? "a" : "b");
    fill(monitor, 100, 700, sample(0));
    monitor.advance(101_000);
    settle(monitor);
    expect(find(monitor, "x")).toMatchObject({ state: "ok", level: "ok" });
    for (const window of [90, 91]) fill(monitor, window, 700, sample(1));
    monitor.advance(92_000);
    settle(monitor);
    expect(find(monitor, "x")).toMatchObject({ state: "critical", violations: 2 });
    expect(monitor.report().window).toMatchObject({ from_ms: 91_000, to_ms: 92_000, requests: 700 });
    // What is carried from before the clock was set back does not end before it began.
    fill(monitor, 80, 300, sample(0));
    fill(monitor, 70, 400, sample(0));
    monitor.advance(71_000);
    settle(monitor);
    expect(monitor.report().window).toMatchObject({ from_ms: 70_000, to_ms: 71_000, requests: 700 });
  });

  it("says why there is no verdict, and gives one when there are enough requests", () => {
    const draw = normals(seededRandom(2));
    const monitor = new DriftMonitor(aSubject, options, xy, 0);
    const sample = (index: number): FeatureTable => row(draw(), index % 2 === 0 ? "a" : "b");
    expect(monitor.report()).toMatchObject({ state: "not_ready", ready: false, reason: "no window is over yet" });
    fill(monitor, 0, 300, sample);
    expect(monitor.report().collecting).toEqual({ requests: 300, effective_rows: 300, needed: 600 });
    expect(monitor.advance(1000).map(({ windowMs, windowIndex }) => [windowMs, windowIndex])).toEqual([[1000, 0]]);
    settle(monitor);
    expect(monitor.report()).toMatchObject({ state: "not_ready", ready: false, window: null });
    expect(monitor.report().reason).toContain("300 of 600");
    fill(monitor, 1, 350, sample);
    expect(monitor.report().collecting).toMatchObject({ requests: 650, effective_rows: 650 });
    monitor.advance(2000);
    settle(monitor);
    expect(monitor.report()).toMatchObject({
      state: "ok",
      ready: true,
      reason: "",
      window: { from_ms: 0, to_ms: 2000, requests: 650, rows: 650, effective_rows: 650 },
      collecting: { requests: 0 },
    });
    expect(find(monitor, "y").cells).toMatchObject({
      labels: ["a", "b", "other", "new", "missing"],
      current: [325, 325, 0, 0, 0],
    });
  });

  it("names the feature that drifts, after two windows, and calms down after it is over", () => {
    const draw = normals(seededRandom(3));
    const monitor = new DriftMonitor(aSubject, options, xy, 0);
    const states: unknown[] = [];
    for (let window = 0; window < 8; window++) {
      const isOdd = window >= 2 && window < 5;
      fill(monitor, window, 700, (index) => row(isOdd ? draw() * 100 : draw(), index % 2 === 0 ? "a" : "b"));
      monitor.advance((window + 1) * 1000);
      settle(monitor);
      states.push([monitor.report().state, find(monitor, "x").level]);
    }
    expect(states).toEqual([
      ["ok", "ok"],
      ["ok", "ok"],
      ["ok", "critical"],
      ["critical", "critical"],
      ["critical", "critical"],
      ["critical", "ok"],
      ["ok", "ok"],
      ["ok", "ok"],
    ]);
    expect(find(monitor, "x").violations).toBe(3);
    expect(find(monitor, "y").violations).toBe(0);
    expect(monitor.report().targets[0]!.name).toBe("x");
  });

  it("raises no alarm for 1,000 requests of 100 rows that resemble each other (seed 99)", () => {
    const random = seededRandom(99);
    const draw = normals(random);
    const baseline = baselineOf(Array.from({ length: 20 }, (_, index) => normalFeature(`f${index}`, 5000, random)));
    const wide = { names: baseline.features.map(({ name }) => name), isPositional: false };
    const monitor = new DriftMonitor(aSubject, options, baseline, 0);
    for (let window = 0; window < 3; window++) {
      for (let request = 0; request < 1000; request++) {
        // Correlation 0.5 within the rows of a request.
        const shared = Float64Array.from(wide.names, () => draw() * Math.SQRT1_2);
        const cells = Float64Array.from({ length: 100 * 20 }, (_, at) => shared[at % 20]! + draw() * Math.SQRT1_2);
        monitor.add({ columns: wide, rowCount: 100, cells }, undefined, window * 1000);
      }
      monitor.advance((window + 1) * 1000);
      settle(monitor);
    }
    const { targets, window } = monitor.report();
    expect(window).toMatchObject({ requests: 1000, rows: 100_000, effective_rows: 1000 });
    expect(targets.map(({ violations }) => violations)).toEqual(targets.map(() => 0));
  });

  it("learns a baseline of its first requests and switches to it", () => {
    const draw = normals(seededRandom(4));
    const monitor = new DriftMonitor(aSubject, options, undefined, 0);
    for (let index = 0; index < 999; index++) monitor.add(row(draw(), "a"), answer("yes"), 5);
    expect(monitor.report()).toMatchObject({
      baseline: null,
      learning: { requests: 999, needed: 1000 },
      state: "not_ready",
    });
    expect([monitor.counts(1000), monitor.version, monitor.byteLength]).toEqual([undefined, 0, 0]);
    monitor.add(undefined, undefined, 5);
    monitor.add(row(draw(), "a"), answer("yes"), 5);
    expect(monitor.baseline, "its columns are finished one by one").toBeUndefined();
    settle(monitor);
    expect(monitor.report()).toMatchObject({
      baseline: { kind: "learned", name: "churn", rows: 1000, created_at: "1970-01-01T00:00:00.005Z" },
      learning: null,
    });
    for (let window = 1; window < 3; window++) {
      for (let index = 0; index < 700; index++) monitor.add(row(draw(), "a"), answer("no"), window * 1000);
      monitor.advance((window + 1) * 1000);
      settle(monitor);
    }
    const { targets } = monitor.report();
    expect(targets.map(({ kind, state }) => [kind, state])).toEqual([
      ["prediction", "critical"],
      ["feature", "ok"],
      ["feature", "ok"],
    ]);
    expect(find(monitor, "prediction").new_values).toEqual(["no"]);
  });

  it("finishes what it has learned with the requests that come, when nobody asks it to step", () => {
    const draw = normals(seededRandom(5));
    const monitor = new DriftMonitor(aSubject, options, undefined, 0);
    for (let index = 0; index < 1000; index++) monitor.add(row(draw(), "a"), answer("yes"), 5);
    for (let index = 0; index < columns.names.length; index++) {
      expect(monitor.baseline).toBeUndefined();
      monitor.add(row(draw(), "a"), answer("yes"), 6);
    }
    monitor.add(row(draw(), "a"), answer("yes"), 6);
    expect(monitor.baseline?.source.rows).toBe(1000);
    expect(monitor.report().collecting?.requests, "those that came meanwhile are in neither").toBe(0);
  });

  it("learns from batches no more than their requests can teach", () => {
    const monitor = new DriftMonitor(aSubject, options, undefined, 0);
    const table = { columns, rowCount: 10, cells: Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? at : "a")) };
    for (let index = 0; index < 1000; index++) monitor.add(table, undefined, 5);
    monitor.advance(1000);
    settle(monitor);
    expect(monitor.baseline?.source.rows).toBe(10_000);
    expect(find(monitor, "x").cells!.baseline.reduce((sum, rows) => sum + rows, 0)).toBeCloseTo(1000, 6);
  });

  it("decides features and predictions each when they have enough", () => {
    const baseline = baselineOf([numeric("x", [0, 1, 2])], { prediction: categorical("p", { yes: 50, no: 50 }) });
    const monitor = new DriftMonitor(aSubject, options, baseline, 0);
    const one = { columns: { names: ["x"], isPositional: false }, rowCount: 1, cells: [0.5] };
    for (let window = 0; window < 3; window++) {
      for (let index = 0; index < 450; index++)
        monitor.add(one, index < 250 ? answer("yes") : undefined, window * 1000);
      monitor.advance((window + 1) * 1000);
      settle(monitor);
      const expected = window < 2 ? "none" : "critical";
      expect([find(monitor, "x").level, find(monitor, "prediction").level]).toEqual(["critical", expected]);
      expect(monitor.report().ready).toBe(window === 2);
    }
    expect(find(monitor, "prediction").effective_rows).toBe(750);
    const rows = (name: string): number => find(monitor, name).cells!.current.reduce((sum, count) => sum + count, 0);
    expect([rows("x"), rows("prediction")]).toEqual([450, 750]);
    for (let index = 0; index < 500; index++) monitor.add(one, undefined, 3000);
    monitor.advance(4000);
    settle(monitor);
    expect([rows("x"), rows("prediction")]).toEqual([500, 750]);
  });

  it("shows longer windows beside the one that decides", () => {
    const monitor = new DriftMonitor(aSubject, options, xy, 0);
    for (let window = 0; window < 5; window++) {
      fill(monitor, window, 200, () => row(9, "a"));
      monitor.advance((window + 1) * 1000);
      settle(monitor);
    }
    const { long_windows: shown, targets } = monitor.report();
    expect(shown).toHaveLength(1);
    expect(shown[0]).toMatchObject({ window_ms: 4000, from_ms: 0, to_ms: 4000, rows: 800 });
    expect(shown[0]!.targets.map(({ name, level }) => [name, level])).toEqual([
      ["x", "critical"],
      ["y", "critical"],
    ]);
    expect(targets.every(({ violations }) => violations === 1)).toBe(true);
  });

  it("gives its counts of each window, running and final", () => {
    const monitor = new DriftMonitor(aSubject, options, xy, 0);
    fill(monitor, 0, 3, () => row(0, "a"));
    const running = monitor.counts(1000)!;
    expect(running).toMatchObject({ windowMs: 1000, windowIndex: 0 });
    expect(running.digest).toMatch(/^[0-9a-f]{16}$/);
    const copy = running.counts.slice();
    expect(monitor.counts(4000)!.counts.every((count) => count === 0)).toBe(true);
    const closed = monitor.advance(1000);
    expect(closed[0]!.counts).toEqual(copy);
    expect(monitor.counts(4000)!.counts).toEqual(copy);
    expect(monitor.counts(77)).toBeUndefined();
  });

  it("keeps closed windows that nobody fetches within bounds, and counts them", () => {
    const monitor = new DriftMonitor(aSubject, options, xy, 0);
    for (let window = 0; window < 40; window++) fill(monitor, window, 1, () => row(0, "a"));
    expect(monitor.advance(40_000).length).toBeLessThanOrEqual(10);
    expect(monitor.droppedWindows).toBeGreaterThan(30);
    settle(monitor);
    expect(monitor.report().collecting?.requests).toBe(40);
  });

  it("holds the state of 500 features in less than a megabyte, all of it counted", () => {
    const random = seededRandom(5);
    const baseline = baselineOf(Array.from({ length: 500 }, (_, index) => normalFeature(`f${index}`, 2000, random)));
    const monitor = new DriftMonitor(aSubject, { ...options, longWindowsMs: [4000, 96_000] }, baseline, 0);
    const wide = { names: baseline.features.map(({ name }) => name), isPositional: false };
    const draw = normals(random);
    for (let window = 0; window < 5; window++) {
      for (let request = 0; request < (window === 4 ? 5 : 650); request++) {
        monitor.add(
          { columns: wide, rowCount: 1, cells: Float64Array.from(wide.names, draw) },
          undefined,
          window * 1000,
        );
      }
      monitor.advance((window + 1) * 1000);
      settle(monitor);
    }
    const cells = 500 * 24;
    // Open, two long ones, decided, and one that is carried on.
    expect(monitor.byteLength).toBeGreaterThan(5 * cells * 8);
    expect(monitor.byteLength).toBeLessThan(1024 * 1024);
    expect(monitor.report().targets.every(({ state }) => state === "ok")).toBe(true);
  });

  it("judges in small steps", () => {
    const monitor = new DriftMonitor(aSubject, options, xy, 0);
    fill(monitor, 0, 700, () => row(0, "a"));
    expect(monitor.step()).toBe(false);
    const before = monitor.version;
    monitor.advance(1000);
    let steps = 0;
    while (monitor.step()) {
      steps++;
      if (steps <= 3) expect(monitor.version).toBe(before);
    }
    // Each target, the adjustment over all, and the end.
    expect(steps).toBe(xy.features.length + 2);
    expect(monitor.version).toBe(before + 1);
  });

  it("survives whatever a table can hold", () => {
    const cell = fc.oneof(fc.anything(), fc.double(), fc.bigInt(), fc.string());
    const tables = fc.record({
      columns: fc.record({
        names: fc.array(fc.oneof(fc.string(), fc.constantFrom("x", "y", "__proto__"))),
        isPositional: fc.boolean(),
      }),
      rowCount: fc.oneof(fc.integer({ min: -2, max: 20 }), fc.double()),
      cells: fc.oneof(fc.array(cell), fc.float64Array(), fc.float32Array(), fc.uint8Array(), fc.bigInt64Array()),
    });
    const monitor = new DriftMonitor(aSubject, options, xy, 0);
    fc.assert(
      fc.property(tables, fc.oneof(fc.double(), fc.integer({ min: 0, max: 1e5 })), (table, nowMs) => {
        monitor.add(table as FeatureTable, undefined, nowMs);
        monitor.advance(nowMs);
        settle(monitor);
        expect(JSON.stringify(monitor.report())).not.toContain("NaN");
      }),
    );
  });
});
