import { describe, expect, it } from "vitest";
import type { DriftReport } from "../../src/drift/monitor/drift-report.ts";
import { DriftFlags } from "../../src/prediction-log/drift-flags.ts";

const report = (state: DriftReport["state"], drifting: readonly string[]): DriftReport =>
  ({
    model: "iris",
    version: "1",
    variant: "stable",
    state,
    targets: [
      ...drifting.map((name) => ({ name, state: "critical" })),
      { name: "calm", state: "ok" },
      { name: "late", state: "not_ready" },
    ],
  }) as unknown as DriftReport;

describe("drift flags", () => {
  it("are absent for a model without a report", () => {
    const flags = new DriftFlags();
    flags.note([report("ok", [])]);
    expect([flags.of("iris", "2", "stable"), flags.of("iris", "1", "")]).toEqual([undefined, undefined]);
  });

  it("name the drifting features of the last window, worst first and at most 20", () => {
    const flags = new DriftFlags();
    const names = Array.from({ length: 30 }, (_, i) => `f${i}`);
    flags.note([report("critical", names)]);
    expect(flags.of("iris", "1", "stable")).toEqual({ state: "critical", features: names.slice(0, 20) });
    flags.note([report("ok", [])]);
    expect(flags.of("iris", "1", "stable")).toEqual({ state: "ok", features: [] });
  });
});
