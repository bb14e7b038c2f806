import { describe, expect, it } from "vitest";
import { reportGroups, type ReportSource } from "../../src/assembly/report-source.ts";

const aSource = (scope: ReportSource["scope"], version: number): ReportSource => ({
  scope,
  driftVersion: () => version,
  drift: () => ({ outrider_drift_ready: [{ labels: { variant: scope }, value: version }] }),
  accuracy: () => ({ outrider_accuracy: [{ labels: { variant: scope }, value: version }] }),
});

describe("the source of drift and accuracy metrics", () => {
  it("is one at a time, each with versions of its own", () => {
    const versions = new Set<number | undefined>();
    const sources = [undefined, ...[0, 1, 2].flatMap((n) => [aSource("replica", n), aSource("fleet", n)])];
    for (const source of sources) {
      const [drift, accuracy] = reportGroups(() => source);
      versions.add(drift?.version?.());
      expect(accuracy?.version).toBeUndefined();
      expect(drift?.families()).toEqual(source?.drift() ?? {});
      expect(accuracy?.families()).toEqual(source?.accuracy() ?? {});
    }
    expect(versions.size).toBe(sources.length);
  });

  it("may change while a page is rendered, and still no family appears twice", () => {
    let source: ReportSource | undefined = aSource("replica", 1);
    const groups = reportGroups(() => source);
    const names = groups.flatMap((group) => {
      const families = Object.keys(group.families());
      source = aSource("fleet", 1);
      return families;
    });
    expect(names).toEqual(["outrider_drift_ready", "outrider_accuracy"]);
  });
});
