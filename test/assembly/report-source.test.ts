import { describe, expect, it } from "vitest";
import { reportGroups, type ReportSource } from "../../src/assembly/report-source.ts";

const aVoice = (of: ReportSource["of"], version: number): ReportSource => ({
  of,
  driftVersion: () => version,
  drift: () => ({ outrider_drift_ready: [{ labels: { variant: of }, value: version }] }),
  accuracy: () => ({ outrider_accuracy: [{ labels: { variant: of }, value: version }] }),
});

describe("who speaks of drift and accuracy", () => {
  it("is one at a time, each under versions of its own", () => {
    const versions = new Set<number | undefined>();
    const voices = [undefined, ...[0, 1, 2].flatMap((n) => [aVoice("replica", n), aVoice("fleet", n)])];
    for (const voice of voices) {
      const [drift, accuracy] = reportGroups(() => voice);
      versions.add(drift?.version());
      expect(accuracy?.version()).toBeUndefined();
      expect(drift?.families()).toEqual(voice?.drift() ?? {});
      expect(accuracy?.families()).toEqual(voice?.accuracy() ?? {});
    }
    expect(versions.size).toBe(voices.length);
  });

  it("may change while a page is rendered: still no family stands there twice", () => {
    let voice: ReportSource | undefined = aVoice("replica", 1);
    const groups = reportGroups(() => voice);
    const names = groups.flatMap((group) => {
      const families = Object.keys(group.families());
      voice = aVoice("fleet", 1);
      return families;
    });
    expect(names).toEqual(["outrider_drift_ready", "outrider_accuracy"]);
  });
});
