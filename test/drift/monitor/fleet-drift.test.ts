import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { addVector } from "../../../src/drift/window/cell-layout.ts";
import { DriftMonitor, type MonitorOptions } from "../../../src/drift/monitor/drift-monitor.ts";
import type { DriftReport } from "../../../src/drift/monitor/drift-report.ts";
import type { EngineOptions } from "../../../src/drift/monitor/drift-engine.ts";
import { FleetDrift } from "../../../src/drift/monitor/fleet-drift.ts";
import { NameCollector } from "../../../src/drift/window/seen-names.ts";
import { defaultThresholds } from "../../../src/drift/verdict/verdict.ts";
import type { FeatureTable } from "../../../src/payload/body-content.ts";
import { seededRandom } from "../../../src/sketch/seeded-random.ts";
import { aSubject, baselineOf, categorical, normalFeature, numeric } from "../support/some-baselines.ts";

const baseline = baselineOf([normalFeature("x", 2000, seededRandom(1)), categorical("y", { a: 1000, b: 1000 })]);
const engineOptions: EngineOptions = { baseline, windowMs: 1000, thresholds: defaultThresholds, maxFeatures: 100 };
const monitorOptions: MonitorOptions = {
  learnRequests: 100,
  windowMs: 1000,
  longWindowsMs: [3000],
  thresholds: defaultThresholds,
  maxFeatures: 100,
  formatTime: String,
};
const columns = { names: ["x", "y"], isPositional: false };

interface Request {
  readonly rows: readonly (readonly [number, string])[];
  readonly window: number;
  readonly replica: number;
}

const tableOf = ({ rows }: Request): FeatureTable => ({ columns, rowCount: rows.length, cells: rows.flat() });
const settle = (one: { step(): boolean }): void => {
  while (one.step());
};

/** Everything that does not say who counted. */
const verdictOf = (report: DriftReport): unknown => ({ ...report, scope: "", collecting: null, reason: "" });

const requests = fc.array(
  fc.record<Request>({
    rows: fc.array(fc.tuple(fc.double({ min: -3, max: 3, noNaN: true }), fc.constantFrom("a", "b", "c")), {
      minLength: 1,
      maxLength: 4,
    }),
    window: fc.integer({ min: 0, max: 2 }),
    replica: fc.integer({ min: 0, max: 2 }),
  }),
  { minLength: 1, maxLength: 40 },
);

/** Makes few requests enough for a verdict. */
const repeated = 30;

function closedWindows(of: readonly Request[]): readonly { ms: number; index: number; counts: Float64Array }[] {
  const monitor = new DriftMonitor(aSubject, monitorOptions, baseline, 0);
  const closed: { ms: number; index: number; counts: Float64Array }[] = [];
  const sorted = [...of].sort((one, other) => one.window - other.window);
  for (const request of [...sorted, undefined]) {
    const nowMs = request === undefined ? 9000 : request.window * 1000 + 500;
    for (const { windowMs, windowIndex, counts } of monitor.advance(nowMs)) {
      closed.push({ ms: windowMs, index: windowIndex, counts: counts.slice() });
    }
    if (request === undefined) continue;
    for (let times = 0; times < repeated; times++) monitor.add(tableOf(request), undefined, nowMs);
  }
  return closed;
}

function merge(replicas: readonly (readonly { ms: number; index: number; counts: Float64Array }[])[]): readonly {
  ms: number;
  index: number;
  counts: Float64Array;
}[] {
  const merged = new Map<string, { ms: number; index: number; counts: Float64Array }>();
  for (const { ms, index, counts } of replicas.flat()) {
    const sum = merged.get(`${ms}/${index}`);
    if (sum === undefined) merged.set(`${ms}/${index}`, { ms, index, counts: counts.slice() });
    else addVector(sum.counts, counts);
  }
  return [...merged.values()].sort((one, other) => one.ms - other.ms || one.index - other.index);
}

function decideAll(windows: ReturnType<typeof merge>): FleetDrift {
  const fleet = new FleetDrift(aSubject, engineOptions);
  for (const { ms, index, counts } of windows) {
    fleet.decide({ windowMs: ms, windowIndex: index, counts });
    settle(fleet);
  }
  return fleet;
}

describe("FleetDrift", () => {
  it("says of the merged counts of replicas, in any order, what one process says that saw everything", () => {
    fc.assert(
      fc.property(requests, fc.boolean(), (all, isReversed) => {
        const parts = [0, 1, 2].map((replica) => closedWindows(all.filter((request) => request.replica === replica)));
        const merged = merge(isReversed ? parts.reverse() : parts);
        const whole = merge([closedWindows(all)]);
        const counted = (windows: typeof merged): typeof merged =>
          windows.filter(({ counts }) => counts.some((count) => count > 0));
        expect(counted(merged)).toEqual(counted(whole));
        expect(verdictOf(decideAll(counted(merged)).report())).toEqual(verdictOf(decideAll(counted(whole)).report()));
      }),
      { numRuns: 30 },
    );
  });

  it("goes on under a new leader as if the old one had stayed", () => {
    fc.assert(
      fc.property(requests, fc.integer({ min: 0, max: 3 }), (all, change) => {
        const windows = merge([closedWindows(all)]).filter(({ ms }) => ms === 1000);
        const old = decideAll(windows.slice(0, change));
        const next = new FleetDrift(aSubject, engineOptions);
        expect(next.loadState(JSON.parse(JSON.stringify(old.saveState())))).toBe(true);
        const stayed = decideAll(windows);
        for (const { ms, index, counts } of windows) {
          const isNew = next.decide({ windowMs: ms, windowIndex: index, counts });
          expect(isNew).toBe(!windows.slice(0, change).some((window) => window.index === index));
          settle(next);
        }
        expect(next.saveState()).toEqual(stayed.saveState());
        const states = (report: DriftReport): unknown =>
          report.targets.map(({ name, state, violations }) => [name, state, violations]).sort();
        expect(states(next.report())).toEqual(states(stayed.report()));
      }),
      { numRuns: 30 },
    );
  });

  it("decides a window once", () => {
    const fleet = new FleetDrift(aSubject, engineOptions);
    const [window] = merge([
      closedWindows(Array.from({ length: 30 }, () => ({ rows: [[99, "z"]], window: 0, replica: 0 }))),
    ]);
    for (let times = 0; times < 5; times++) {
      const isNew = fleet.decide({ windowMs: 1000, windowIndex: 7, counts: window!.counts });
      settle(fleet);
      expect(isNew).toBe(times === 0);
    }
    expect(fleet.decide({ windowMs: 1000, windowIndex: 3, counts: window!.counts })).toBe(false);
    expect(fleet.report().targets.map(({ violations }) => violations)).toEqual([1, 1]);
    // A clock that was wrong by days is no reason to wait for days.
    expect(
      new FleetDrift(aSubject, engineOptions).decide({ windowMs: 1000, windowIndex: 1e9, counts: window!.counts }),
    ).toBe(true);
    fleet.decide({ windowMs: 1000, windowIndex: 1e9, counts: window!.counts });
    expect(fleet.decide({ windowMs: 1000, windowIndex: 8, counts: window!.counts })).toBe(true);
  });

  it("refuses counts that are not of its layout", () => {
    const fleet = new FleetDrift(aSubject, engineOptions);
    expect(fleet.decide({ windowMs: 1000, windowIndex: 0, counts: new Float64Array(3) })).toBe(false);
    expect(fleet.decide({ windowMs: 1000, windowIndex: NaN, counts: new Float64Array(3) })).toBe(false);
  });

  it("has a digest that follows names, edges and values, and nothing else", () => {
    const digest = (over: Partial<EngineOptions>): string =>
      new FleetDrift(aSubject, { ...engineOptions, ...over }).digest;
    const x = numeric("x", [0, 1, 2]);
    const y = categorical("y", { a: 1, b: 1 });
    const of = (...features: (typeof x | typeof y)[]): string => digest({ baseline: baselineOf(features) });
    expect(of(x, y)).toBe(of({ ...x, counts: [5, 5], missing: 3 }, { ...y, counts: [2, 9] }));
    const others = [
      of(y, x),
      of(x),
      of(x, { ...y, name: "z" }),
      of({ ...x, edges: [0, 1, 3] }, y),
      of(x, { ...y, values: ["a", "c"] }),
      of(x, { ...y, values: ["ab", ""] }),
      of(x, { ...y, rareValues: ["q"] }),
      of(x, { ...y, isRareComplete: false }),
      digest({ baseline: baselineOf([x, y], { prediction: y }) }),
      digest({ baseline: baselineOf([x, y]), maxFeatures: 1 }),
    ];
    expect(new Set([of(x, y), ...others.slice(0, -1)]).size).toBe(others.length);
    expect(others.at(-1)).toBe(of(x));
  });

  it("passes on the names that replicas met", () => {
    const fleet = new FleetDrift(aSubject, engineOptions);
    const [window] = merge([
      closedWindows(Array.from({ length: 30 }, () => ({ rows: [[0, "z"]], window: 0, replica: 0 }))),
    ]);
    const names = new NameCollector();
    names.addColumn("extra", 4);
    names.addValue("y", "z");
    fleet.decide({ windowMs: 1000, windowIndex: 0, counts: window!.counts }, names.names());
    settle(fleet);
    expect(fleet.report().changes.unknown).toEqual([{ name: "extra", rows: 4 }]);
    expect(fleet.report().targets.find(({ name }) => name === "y")!.new_values).toEqual(["z"]);
    expect(fleet.report().scope).toBe("fleet");
  });

  it("does not go back to a state that was saved before its own", () => {
    const window = (index: number): Parameters<FleetDrift["decide"]>[0] => {
      const counts = merge([closedWindows([{ rows: [[0, "a"]], window: 0, replica: 0 }])])[0]?.counts;
      return { windowMs: 1000, windowIndex: index, counts: counts ?? expect.fail("no window") };
    };
    const fleet = new FleetDrift(aSubject, engineOptions);
    fleet.decide(window(1));
    const older = fleet.saveState();
    fleet.decide(window(2));
    const newer = fleet.saveState();
    expect(fleet.loadState(older)).toBe(false);
    expect(fleet.saveState()).toEqual(newer);
    expect(fleet.loadState(newer)).toBe(true);
    expect(fleet.saveState()).toEqual(newer);
  });

  it.each([
    undefined,
    null,
    "x",
    {},
    { digest: "0000000000000000", last_index: 1, history: { recent: [1, 1], violations: [0, 0] } },
    { last_index: 1, history: { recent: [1, 1], violations: [0, 0] } },
    { last_index: "1", history: { recent: [1, 1], violations: [0, 0] } },
    { last_index: 1, history: { recent: [1], violations: [0, 0] } },
    { last_index: 1, history: { recent: [1, 1], violations: [0, 0] }, carried: { vector: [1], names: {}, from: [] } },
    { last_index: 1, history: { recent: [1, 1], violations: [0, 0] }, carried: null },
  ])("refuses a state that is none: %j", (saved) => {
    const fleet = new FleetDrift(aSubject, engineOptions);
    const before = fleet.saveState();
    const isOfThisLayout = typeof saved === "object" && saved !== null && !("digest" in saved) && "carried" in saved;
    expect(fleet.loadState(isOfThisLayout ? { ...saved, digest: fleet.digest } : saved)).toBe(false);
    expect(fleet.saveState()).toEqual(before);
  });
});
