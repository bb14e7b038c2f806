import { describe, expect, it } from "vitest";
import { recordedLog } from "../support/recorded-log.ts";
import { DriftLog } from "../../src/assembly/drift-log.ts";
import type { DriftReport, TargetReport } from "../../src/drift/monitor/drift-report.ts";

const baseline = {
  kind: "file",
  name: "train.csv",
  digest: "sha256:00",
  rows: 9,
  created_at: "2026-01-01",
  features: 2,
};

/** A report as far as the log looks at it. */
const reportOf = (states: Readonly<Record<string, string>>, over: object = {}): DriftReport =>
  ({
    model: "churn",
    version: "7",
    variant: "stable",
    scope: "replica",
    state: "ok",
    baseline,
    targets: Object.entries(states).map(([name, state]) => ({ name, state }) as TargetReport),
    ...over,
  }) as unknown as DriftReport;

function recorded(): { readonly log: DriftLog; readonly lines: string[] } {
  const { log, lines } = recordedLog();
  return { log: new DriftLog(log as ConstructorParameters<typeof DriftLog>[0]), lines };
}

describe("the log of drift", () => {
  it("says which baseline is in force, when features begin to drift and when they end, each once", () => {
    const { log, lines } = recorded();
    log.note([reportOf({}, { baseline: null })]);
    expect(lines).toEqual([]);
    for (let i = 0; i < 2; i++) log.note([reportOf({ age: "ok", income: "ok" })]);
    expect(lines.splice(0)).toEqual(["info drift is measured against a baseline"]);
    for (let i = 0; i < 2; i++) log.note([reportOf({ age: "critical", income: "warn" })]);
    expect(lines.splice(0)).toEqual(["warn drift: age, income"]);
    log.note([reportOf({ age: "critical", income: "ok" })]);
    expect(lines.splice(0)).toEqual(["info no drift any more: income"]);
    log.note([reportOf({ age: "critical" }, { baseline: { ...baseline, created_at: "2026-02-02" } })]);
    expect(lines.splice(0)).toEqual(["info drift is measured against a baseline"]);
  });

  it("tells models apart, and names ten features of many", () => {
    const { log, lines } = recorded();
    const many = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`f${i}`, "critical"]));
    log.note([reportOf(many), reportOf(many, { version: "8" })]);
    const named = Array.from({ length: 10 }, (_, i) => `f${i}`).join(", ");
    expect(lines.filter((line) => line === `warn drift: ${named} and 2 more`)).toHaveLength(2);
  });
});
