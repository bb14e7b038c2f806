import { describe, expect, it } from "vitest";

import type { Baseline } from "../../../src/drift/baseline/baseline.ts";
import {
  DriftMonitorRegistry,
  type DriftMonitorRegistryOptions,
} from "../../../src/drift/monitor/drift-monitor-registry.ts";
import { defaultThresholds } from "../../../src/drift/verdict/verdict.ts";
import type { ExchangeContent } from "../../../src/payload/exchange-content.ts";
import { anExchangeContent } from "../../support/exchange-content.ts";
import { baselineOf, numeric } from "../support/some-baselines.ts";

const columns = { names: ["x"], isPositional: false };
const options: DriftMonitorRegistryOptions = {
  learnRequests: 100,
  windowMs: 1000,
  longWindowsMs: [],
  thresholds: defaultThresholds,
  maxFeatures: 100,
  formatTime: String,
  baselines: [],
  maxModels: 3,
};

const features = { columns, rowCount: 1, cells: [0.5] };

/** A request of one row with one feature. */
const reading = (over: Partial<ExchangeContent> = {}): ExchangeContent =>
  anExchangeContent({
    model: "m",
    atMs: 10,
    request: { features, model: "", version: "", ids: [], droppedColumns: 0 },
    ...over,
  });

const named = (name: string, model?: Baseline["model"]): Baseline =>
  baselineOf([numeric("x", [0, 1])], {
    source: { kind: "file", name, digest: "", rows: 100 },
    ...(model === undefined ? {} : { model }),
  });

describe("DriftMonitorRegistry", () => {
  it("follows each model, version and variant, up to its bound, and counts the rest", () => {
    const monitors = new DriftMonitorRegistry(options);
    monitors.count(reading());
    monitors.count(reading());
    monitors.count(reading({ variant: "canary" }));
    monitors.count(reading({ version: "2" }));
    monitors.count(reading({ model: "__proto__" }));
    monitors.count(reading({ model: "other" }));
    expect(monitors.all.map(({ subject }) => [subject.model, subject.version, subject.variant])).toEqual([
      ["m", "1", "stable"],
      ["m", "1", "canary"],
      ["m", "2", "stable"],
    ]);
    expect(monitors.droppedRequests).toBe(2);
    expect(monitors.find("m", "1", "stable")!.report().learning).toMatchObject({ requests: 2, needed: 100 });
    expect(monitors.reports("m")).toHaveLength(3);
    expect(monitors.reports("other")).toEqual([]);
  });

  it("makes no monitor of exchanges without rows and predictions", () => {
    const monitors = new DriftMonitorRegistry(options);
    monitors.count(reading({ request: undefined }));
    expect(monitors.all).toEqual([]);
  });

  it("has another version with every new baseline, also before a window was decided", () => {
    const monitors = new DriftMonitorRegistry({ ...options, baselines: [named("first")] });
    monitors.count(reading());
    const versions = [monitors.version];
    for (const name of ["second", "third"]) {
      monitors.useBaseline(named(name), 20);
      versions.push(monitors.version);
    }
    expect(new Set(versions).size).toBe(3);
  });

  it("gives a model the baseline that names it, else one that names none, else lets it learn", () => {
    const exact = named("exact", { name: "m", version: "1" });
    const anyVersion = named("any version", { name: "n", version: "" });
    const forAll = named("all");
    const used = (baselines: readonly Baseline[], model: string, version: string): string | undefined => {
      const monitors = new DriftMonitorRegistry({ ...options, baselines });
      monitors.count(reading({ model, version }));
      return monitors.all[0]!.baseline?.source.name;
    };
    expect(used([forAll, exact], "m", "1")).toBe("exact");
    expect(used([forAll, exact], "m", "2")).toBe("all");
    expect(used([forAll, anyVersion], "n", "9")).toBe("any version");
    expect(used([exact], "m", "2")).toBeUndefined();
  });

  it("starts a model anew with a baseline that comes later", () => {
    const monitors = new DriftMonitorRegistry(options);
    monitors.count(reading());
    monitors.count(reading({ version: "2" }));
    const before = monitors.version;
    monitors.useBaseline(named("fetched", { name: "m", version: "1" }), 20);
    expect(monitors.all.map(({ baseline }) => baseline?.source.name)).toEqual(["fetched", undefined]);
    expect(monitors.version).not.toBe(before);
    monitors.useBaseline(named("newer", { name: "m", version: "1" }), 20);
    expect(monitors.all.map(({ baseline }) => baseline?.source.name)).toEqual(["newer", undefined]);
  });

  it("closes the windows of all and judges them step by step", () => {
    const monitors = new DriftMonitorRegistry({ ...options, baselines: [named("all")] });
    for (let index = 0; index < 450; index++) {
      monitors.count(reading());
      monitors.count(reading({ version: "2" }));
    }
    expect(monitors.advance(500)).toEqual([]);
    expect(monitors.advance(1000).map(({ monitor, windows }) => [monitor.subject.version, windows.length])).toEqual([
      ["1", 1],
      ["2", 1],
    ]);
    while (monitors.step());
    expect(monitors.reports().map(({ ready, state }) => [ready, state])).toEqual([
      [true, "ok"],
      [true, "ok"],
    ]);
  });
});
