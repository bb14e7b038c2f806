import { describe, expect, it } from "vitest";

import type { DriftReading, Finding } from "../../demo/insight-reading.ts";
import { createTimeline } from "../../demo/timeline.ts";
import { unitChange } from "../../demo/unit-change.ts";

const reading = (windowRequests: number, ...findings: readonly Finding[]): DriftReading => ({
  state: "ok",
  ready: windowRequests > 0,
  reason: "no window is over yet",
  drifted: findings.filter(({ kind }) => kind === "feature").map(({ name }) => name),
  findings,
  features: 30,
  windowRequests,
});

const changed: Finding = { kind: "feature", name: unitChange.feature, state: "warn", psi: 7 };
const other: Finding = { kind: "feature", name: "mean texture", state: "warn", psi: 0.06 };

describe("the timeline", () => {
  it("tells each piece of news once, and remembers when it was", () => {
    const said: string[] = [];
    const timeline = createTimeline((text) => said.push(text));
    timeline.note(undefined, 1);
    timeline.note(reading(0), 2);
    expect({ said, times: timeline.read() }).toEqual({ said: [], times: {} });
    timeline.note(reading(700), 11.6);
    timeline.note(reading(720), 20);
    timeline.change(40);
    timeline.note(reading(690, changed), 51.4);
    timeline.note(reading(690, changed), 52);
    timeline.note(reading(705, { ...changed, state: "critical", psi: 14.28 }), 59);
    expect(said).toEqual([
      "first verdict on drift after 12 s: none in 30 features",
      `from now on clients send mean radius ${unitChange.words}`,
      "drift: mean radius warn, PSI 7.00 (11 s after the change)",
      "drift: mean radius critical, PSI 14.28 (19 s after the change)",
    ]);
    expect(timeline.read()).toEqual({ firstVerdictSeconds: 11.6, changedSeconds: 40, namedSeconds: 51.4 });
  });

  it("does not take drift for the change when it came before, or is of another feature", () => {
    const said: string[] = [];
    const timeline = createTimeline((text) => said.push(text));
    timeline.note(reading(700, other), 10);
    timeline.change(20);
    timeline.note(reading(700, other), 30);
    expect(timeline.read()).toEqual({ firstVerdictSeconds: 10, changedSeconds: 20 });
    expect(said[1]).toBe("drift: mean texture warn, PSI 0.06");
  });
});
