import { describe, expect, it } from "vitest";
import { reportJson } from "../../../src/fleet/drift/drift-documents.ts";
import type { DriftReport } from "../../../src/drift/monitor/drift-report.ts";
import { FleetDrift } from "../../../src/drift/monitor/fleet-drift.ts";
import { defaultThresholds } from "../../../src/drift/verdict/verdict.ts";
import { seededRandom } from "../../../src/sketch/seeded-random.ts";
import { aSubject, baselineOf, normalFeature } from "../../drift/support/some-baselines.ts";

const features = Array.from({ length: 40 }, (_, n) => normalFeature(`x${n}`, 1000, seededRandom(n + 1)));
const fleet = new FleetDrift(aSubject, {
  baseline: baselineOf(features),
  windowMs: 1000,
  thresholds: defaultThresholds,
  maxFeatures: 100,
});

const jsonOf = (maxChars: number): Promise<string | undefined> =>
  reportJson((options) => fleet.report(options), maxChars);
const lengthOf = (report: DriftReport): number => JSON.stringify(report).length;

describe("the document of a fleet's report", () => {
  const whole = fleet.report();
  const bare = fleet.report({ withCells: false });

  it("is the whole report where that fits", async () => {
    expect(await jsonOf(lengthOf(whole))).toBe(JSON.stringify(whole));
  });

  it("leaves out histograms where it does not", async () => {
    expect(await jsonOf(lengthOf(whole) - 1)).toBe(JSON.stringify(bare));
  });

  it("has only the worst targets where there are still too many features", async () => {
    const { targets, ...rest } = JSON.parse((await jsonOf(lengthOf(bare) - 1)) ?? "") as DriftReport;
    expect(targets).toEqual(JSON.parse(JSON.stringify(bare.targets.slice(0, 20))));
    expect(rest).toMatchObject({ model: aSubject.model, scope: "fleet", window_ms: 1000 });
  });

  it("is undefined where nothing fits", async () => {
    expect(await jsonOf(100)).toBeUndefined();
  });
});
