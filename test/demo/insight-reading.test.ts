import { describe, expect, it } from "vitest";

import { verdictWords } from "../../demo/drift-words.ts";
import { readAccuracy, readDrift } from "../../demo/insight-reading.ts";
import type { DriftReading } from "../../demo/insight-reading.ts";

const target = (kind: string, name: string, state: string, statistics: object): object => ({
  kind,
  name,
  state,
  level: state,
  statistics: { score: null, missing_score: null, outside_score: null, ...statistics },
});

const report = {
  state: "critical",
  ready: true,
  reason: "",
  window: { effective_rows: 712.5 },
  targets: [
    target("feature", "mean radius", "critical", { score: 4, outside_score: 14.281, missing_score: 0 }),
    target("prediction", "prediction", "warn", { score: 1.9 }),
    target("feature", "mean area", "warn", { score: 0.06 }),
    target("feature", "mean texture", "ok", { score: 0.01 }),
    target("confidence", "confidence", "not_ready", {}),
  ],
};

const drift = (value: unknown): DriftReading | undefined => readDrift(JSON.stringify({ reports: value }));

describe("readDrift", () => {
  it("names what drifted with its largest effect, and counts the features", () => {
    expect(drift([report])).toEqual({
      state: "critical",
      ready: true,
      reason: "",
      drifted: ["mean radius", "mean area"],
      findings: [
        { kind: "feature", name: "mean radius", state: "critical", psi: 14.281 },
        { kind: "prediction", name: "prediction", state: "warn", psi: 1.9 },
        { kind: "feature", name: "mean area", state: "warn", psi: 0.06 },
      ],
      features: 3,
      windowRequests: 712.5,
    });
  });

  it("gives no verdict before the first window, but the reason", () => {
    const early = { ...report, state: "not_ready", ready: false, reason: "no window is over yet", window: null };
    const reading = drift([{ ...early, targets: [] }])!;
    expect(reading).toMatchObject({ drifted: [], findings: [], windowRequests: 0 });
    expect(verdictWords(reading)).toBe("no verdict yet: no window is over yet");
  });

  it.each(["", "null", "[]", "{}", '{"reports":[]}'])("gives nothing for %j", (body) => {
    expect(readDrift(body)).toBeUndefined();
    expect(readAccuracy(body)).toBeUndefined();
  });
});

describe("verdictWords", () => {
  it("names the worst findings and counts the rest", () => {
    const reading = drift([report])!;
    const [first] = reading.findings;
    expect(verdictWords(reading)).toBe(
      "mean radius critical, PSI 14.28; the prediction warn, PSI 1.90; mean area warn, PSI 0.06",
    );
    expect(verdictWords({ ...reading, findings: [...reading.findings, first!, first!] })).toMatch(/; 2 more$/);
    expect(verdictWords({ ...reading, findings: [] })).toBe("none in 3 features");
  });
});

describe("readAccuracy", () => {
  const model = { predictions: 400, labels: 300, coverage: 0.75 };
  const classes = {
    accuracy: 0.99,
    accuracy_lower_bound: 0.97,
    accuracy_upper_bound: 0.997,
    baseline_accuracy: 0.989,
    dropped: false,
  };

  it("gives the shares and the rows behind them", () => {
    expect(readAccuracy(JSON.stringify({ models: [{ ...model, classes }] }))).toEqual({
      ...model,
      rightLabels: 297,
      accuracy: 0.99,
      lower: 0.97,
      upper: 0.997,
      baseline: 0.989,
      dropped: false,
    });
  });

  it("leaves out what the sidecar does not say", () => {
    for (const unknown of [null, { ...classes, accuracy: null, baseline_accuracy: null, dropped: false }]) {
      const reading = readAccuracy(JSON.stringify({ models: [{ ...model, labels: 0, classes: unknown }] }));
      expect(reading).toMatchObject({ accuracy: null, baseline: null, rightLabels: 0, dropped: false });
    }
  });
});
