import { describe, expect, it } from "vitest";
import type { CalibrationMap } from "../../src/drift/baseline/baseline.ts";
import type { Predictions } from "../../src/payload/body-content.ts";
import type { ConfidenceEstimate } from "../../src/accuracy/confidence-estimate.ts";
import type { LabelMonitor } from "../../src/accuracy/label-monitor.ts";
import type { LabelBaseline } from "../../src/accuracy/scoring.ts";
import { aLabel, aMonitor, aRequest, chances, noonMs, values } from "./a-label-monitor.ts";

const calibrated = (calibration: CalibrationMap): LabelBaseline => ({
  quality: { accuracy: 0.9, rows: 1000, calibration },
});

/** As it came: the map that changes nothing. */
const same: LabelBaseline = calibrated({ of: "positive_probability", positive: "yes", x: [0, 1], y: [0, 1] });

function monitorOf(predictions: Predictions, baseline?: LabelBaseline): LabelMonitor {
  const monitor = aMonitor({ baselineOf: () => baseline });
  monitor.predicted(aRequest({ predictions }));
  return monitor;
}

function estimateOf(predictions: Predictions, baseline?: LabelBaseline): ConfidenceEstimate {
  const [model] = monitorOf(predictions, baseline).totals();
  if (model === undefined) throw new Error("no report");
  return model.estimate;
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

/** Predicts `yes` with this sureness, and says after each label whether the estimate still stands. */
function problemsAfter(sureness: number, isRight: readonly boolean[], baseline?: LabelBaseline): string | undefined {
  const monitor = monitorOf(chances(...times(isRight.length, sureness)), baseline);
  for (const [row, right] of isRight.entries()) monitor.label(aLabel("r", right ? "yes" : "no", row), noonMs);
  return monitor.totals()[0]?.estimate.problem;
}

describe("accuracy without labels", () => {
  it("equals the known answer of the expected confusion matrix", () => {
    const estimate = estimateOf(chances(0.9, 0.8, 0.6, 0.4, 0.3, 0.1), same);
    expect(estimate.accuracy).toBeCloseTo(0.75, 6);
    expect(estimate.precision).toBeCloseTo(0.766667, 6);
    expect(estimate.recall).toBeCloseTo(0.741935, 6);
    expect(estimate.f1).toBeCloseTo(0.754098, 6);
    expect(estimate.roc_auc).toBeCloseTo(0.817019, 6);
    expect([estimate.rows, estimate.calibrated, estimate.problem]).toEqual([6, true, "too_few_rows"]);
  });

  it("goes through the baseline's map, whatever the model says of itself", () => {
    const boastful = calibrated({ of: "positive_probability", positive: "yes", x: [0, 0.5, 1], y: [0.2, 0.5, 0.8] });
    expect(estimateOf(chances(1, 1, 0, 0.75), boastful).accuracy).toBeCloseTo((0.8 + 0.8 + 0.8 + 0.65) / 4, 10);
    const byConfidence = calibrated({ of: "confidence", positive: "", x: [0.5, 1], y: [0.5, 0.7] });
    expect(estimateOf(chances(1, 0, 0.75), byConfidence).accuracy).toBeCloseTo((0.7 + 0.7 + 0.6) / 3, 10);
    const sure: Predictions = { ...values("cat", "dog"), confidences: [1, 0.75] };
    expect(estimateOf(sure, byConfidence).accuracy).toBeCloseTo((0.7 + 0.6) / 2, 10);
  });

  it("is marked when the model had to be taken at its word", () => {
    const estimate = estimateOf(chances(0.9, 0.2));
    expect([estimate.accuracy, estimate.calibrated]).toEqual([expect.closeTo(0.85, 10), false]);
    const other = calibrated({ of: "positive_probability", positive: "maybe", x: [0, 1], y: [1, 1] });
    expect(estimateOf(chances(0.9, 0.2), other)).toMatchObject({
      accuracy: expect.closeTo(0.85, 10),
      calibrated: false,
    });
  });

  it("without a map stands only once enough labels bear it out", () => {
    const nineOfTen = Array.from({ length: 400 }, (_, i) => i % 10 !== 0);
    expect(problemsAfter(0.9, nineOfTen.slice(0, 200))).toBe("not_calibrated");
    expect(problemsAfter(0.9, nineOfTen)).toBe("");
    expect(problemsAfter(0.6, nineOfTen)).toBe("accuracy_missed");
  });

  it("is of the prediction that was made, also with a threshold of the model's own", () => {
    const cautious: Predictions = { ...chances(0.4, 0.2), values: ["yes", "no"] };
    expect(estimateOf(cautious, same).accuracy).toBeCloseTo((0.4 + 0.8) / 2, 10);
  });

  it("is not made for predictions without a score, or for numbers", () => {
    expect(estimateOf(values(...times(50, "yes")))).toMatchObject({
      rows: 0,
      accuracy: null,
      problem: "no_confidences",
    });
    const numeric: Predictions = { ...values(1, 2), confidences: [0.5, 0.5] };
    expect(estimateOf(numeric, { quality: { meanAbsoluteError: 1, rows: 5 } }).rows).toBe(0);
  });

  it("stands as long as labels bear it out, and falls under concept drift", () => {
    const nineOfTen = Array.from({ length: 400 }, (_, i) => i % 10 !== 0);
    expect(problemsAfter(0.9, nineOfTen)).toBe("");
    expect(
      problemsAfter(
        0.9,
        nineOfTen.slice(0, 29).map((right) => !right),
      ),
    ).toBe("too_few_rows");
    expect(problemsAfter(0.9, times(30, false), same)).toBe("accuracy_missed");
    expect(
      problemsAfter(
        0.9,
        Array.from({ length: 400 }, (_, i) => i % 10 < 7),
      ),
    ).toBe("accuracy_missed");
  });

  it("falls when its errors cancel out on average but not row by row", () => {
    const half = times(200, 0.95);
    const monitor = monitorOf(chances(...half, ...times(200, 0.55)), same);
    for (let row = 0; row < 400; row++) {
      const isRight = row < 200 ? row % 20 < 13 : row % 20 < 17;
      monitor.label(aLabel("r", isRight ? "yes" : "no", row), noonMs);
    }
    const [report] = monitor.totals();
    expect(report?.classes?.accuracy).toBeCloseTo(report?.estimate.accuracy ?? 0, 10);
    expect(report?.classes?.calibration_error).toBeCloseTo(0.3, 10);
    expect(report?.estimate.problem).toBe("calibration_off");
  });
});
