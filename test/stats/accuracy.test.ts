/** How good predictions were, with labels and without. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { binaryScores, expectedConfusion } from "../../src/stats/binary-confusion.ts";
import { classificationScores } from "../../src/stats/classification-scores.ts";
import { brierTerm, logLossTerm, meanAbsoluteError, rootMeanSquaredError } from "../../src/stats/prediction-errors.ts";
import { expectedRocAuc, rocAuc, rocAucFromHistograms } from "../../src/stats/roc-auc.ts";
import answers from "../fixtures/scipy-known-answers.data.json" with { type: "json" };
import { count, sum } from "./cell-arbitraries.ts";

const mean = (values: readonly number[]): number => sum(values) / values.length;
const probability = fc.double({ min: 0, max: 1, noNaN: true });
const scoredRow = fc.record({ score: fc.integer({ min: 0, max: 63 }), isPositive: fc.boolean() });

describe("classificationScores", () => {
  it.each(answers.classification)("are scikit-learn's for $counts", ({ counts, classCount, ...expected }) => {
    const scores = classificationScores(counts, classCount);
    expect(scores.rows).toBe(sum(counts));
    expect(scores.accuracy).toBeCloseTo(expected.accuracy, 14);
    const names = ["precision", "recall", "f1"] as const;
    for (const [i, name] of names.entries()) {
      expect(scores.macro[name]).toBeCloseTo(expected.macro[i] ?? NaN, 14);
      for (const [place, of] of expected.occurring.entries()) {
        expect(scores.classes[of]?.[name] ?? 0).toBeCloseTo(expected.perClass[i]?.[place] ?? NaN, 14);
      }
    }
  });

  it("make nothing up: a class that never occurs has no scores, one never predicted no precision", () => {
    // Class 1 is never predicted, class 2 does not occur at all.
    const { classes, macro } = classificationScores([5, 0, 0, 3, 0, 0, 0, 0, 0], 3);
    expect(classes[1]).toEqual({ actualRows: 3, predictedRows: 0, precision: undefined, recall: 0, f1: 0 });
    expect(classes[2]).toEqual({
      actualRows: 0,
      predictedRows: 0,
      precision: undefined,
      recall: undefined,
      f1: undefined,
    });
    expect(macro.precision).toBeCloseTo(5 / 8 / 2, 14);
    expect(macro.recall).toBeCloseTo(0.5, 14);
  });

  it("of no rows and of no classes are undefined", () => {
    const nothing = { precision: undefined, recall: undefined, f1: undefined };
    expect(classificationScores([0, 0, 0, 0], 2)).toMatchObject({ rows: 0, accuracy: undefined, macro: nothing });
    expect(classificationScores([], 0)).toEqual({ rows: 0, accuracy: undefined, classes: [], macro: nothing });
  });

  it("lie from 0 to 1, and do not care for the order of the classes", () => {
    const matrix = fc
      .integer({ min: 1, max: 6 })
      .chain((size) =>
        fc.tuple(fc.constant(size), fc.array(count, { minLength: size * size, maxLength: size * size })),
      );
    fc.assert(
      fc.property(matrix, ([size, counts]) => {
        const scores = classificationScores(counts, size);
        const turned = classificationScores(counts.toReversed(), size);
        const all = [scores.accuracy, ...Object.values(scores.macro)];
        for (const { precision, recall, f1 } of scores.classes) all.push(precision, recall, f1);
        for (const value of all.filter((score) => score !== undefined)) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        }
        if (scores.macro.f1 !== undefined) expect(turned.macro.f1).toBeCloseTo(scores.macro.f1, 9);
        if (scores.accuracy !== undefined) expect(turned.accuracy).toBeCloseTo(scores.accuracy, 9);
      }),
    );
  });

  it("of two classes are those of the positive one and of the other with the sides changed", () => {
    const cell = fc.nat(1000);
    fc.assert(
      fc.property(cell, cell, cell, cell, (trueNegatives, falsePositives, falseNegatives, truePositives) => {
        const scores = classificationScores([trueNegatives, falsePositives, falseNegatives, truePositives], 2);
        const positive = binaryScores({ truePositives, falsePositives, falseNegatives, trueNegatives });
        expect({ accuracy: scores.accuracy, ...scores.classes[1] }).toMatchObject(positive);
      }),
    );
  });

  it("refuse a matrix of another size", () => {
    expect(() => classificationScores([1, 2, 3], 2)).toThrow(RangeError);
  });
});

describe("expectedConfusion", () => {
  it("has the known answers", () => {
    const probabilities = [0.9, 0.8, 0.6, 0.4, 0.3, 0.1];
    const scores = binaryScores(expectedConfusion([1, 1, 1, 0, 0, 0], probabilities));
    expect(scores.accuracy).toBeCloseTo(0.75, 6);
    expect(scores.precision).toBeCloseTo(0.766667, 6);
    expect(scores.recall).toBeCloseTo(0.741935, 6);
    expect(scores.f1).toBeCloseTo(0.754098, 6);
    expect(expectedRocAuc(probabilities)).toBeCloseTo(0.817019, 6);
  });

  const row = fc.record({ isPositive: fc.boolean(), p: probability, weight: fc.integer({ min: 0, max: 20 }) });

  it("counts a cell of weighted rows as those rows", () => {
    fc.assert(
      fc.property(fc.array(row), (cells) => {
        const rows = cells.flatMap((cell) => Array.from({ length: cell.weight }, () => cell));
        const weighted = expectedConfusion(
          cells.map(({ isPositive }) => isPositive),
          cells.map(({ p }) => p),
          cells.map(({ weight }) => weight),
        );
        const single = expectedConfusion(
          rows.map(({ isPositive }) => isPositive),
          rows.map(({ p }) => p),
        );
        for (const key of ["truePositives", "falsePositives", "falseNegatives", "trueNegatives"] as const) {
          expect(weighted[key]).toBeCloseTo(single[key], 9);
        }
        expect(Object.values(weighted).reduce((total, value) => total + value, 0)).toBeCloseTo(rows.length, 9);
      }),
    );
  });

  it("is the real confusion matrix when every probability is sure", () => {
    const sure = fc.record({ said: fc.boolean(), is: fc.boolean() });
    fc.assert(
      fc.property(fc.array(sure), (rows) => {
        const is = rows.map((row) => (row.is ? 1 : 0));
        const matrix = expectedConfusion(
          rows.map(({ said }) => said),
          is,
        );
        expect(matrix.truePositives).toBe(rows.filter((row) => row.said && row.is).length);
        expect(matrix.falsePositives).toBe(rows.filter((row) => row.said && !row.is).length);
        expect(matrix.falseNegatives).toBe(rows.filter((row) => !row.said && row.is).length);
        expect(matrix.trueNegatives).toBe(rows.filter((row) => !row.said && !row.is).length);
      }),
    );
  });

  it("brings probabilities into range and leaves out what is none", () => {
    expect(expectedConfusion([1, 0, 1], [7, -3, NaN])).toEqual({
      truePositives: 1,
      falsePositives: 0,
      falseNegatives: 0,
      trueNegatives: 1,
    });
    expect(binaryScores(expectedConfusion([], []))).toEqual({
      accuracy: undefined,
      precision: undefined,
      recall: undefined,
      f1: undefined,
    });
    expect(() => expectedConfusion([1], [])).toThrow(RangeError);
    expect(() => expectedConfusion([1], [1], [])).toThrow(RangeError);
  });
});

describe("areas under the ROC curve", () => {
  it.each(answers.probabilities)("are scikit-learn's for $probability", ({ probability, actual, auc, expectedAuc }) => {
    expect(rocAuc(probability, actual)).toBeCloseTo(auc, 13);
    expect(expectedRocAuc(probability)).toBeCloseTo(expectedAuc, 13);
  });

  const histograms = (rows: readonly { score: number; isPositive: boolean }[], width: number) =>
    [true, false].map((side) =>
      Array.from(
        { length: 64 / width },
        (_, bin) => rows.filter((r) => r.isPositive === side && Math.floor(r.score / width) === bin).length,
      ),
    ) as [number[], number[]];

  it("of histograms are exact when a bin holds one score, and near it by the pairs that share a bin", () => {
    fc.assert(
      fc.property(fc.array(scoredRow, { minLength: 2, maxLength: 60 }), (rows) => {
        const exact = rocAuc(
          rows.map(({ score }) => score),
          rows.map(({ isPositive }) => isPositive),
        );
        if (exact === undefined) {
          expect(rocAucFromHistograms(...histograms(rows, 1))).toBeUndefined();
          return;
        }
        expect(rocAucFromHistograms(...histograms(rows, 1))).toBeCloseTo(exact, 12);
        for (const width of [2, 8, 32]) {
          const [positives, negatives] = histograms(rows, width);
          const sharing = positives.reduce((total, value, bin) => total + value * (negatives[bin] ?? 0), 0);
          const bound = sharing / 2 / sum(positives) / sum(negatives);
          const error = Math.abs((rocAucFromHistograms(positives, negatives) ?? NaN) - exact);
          expect(error).toBeLessThanOrEqual(bound + 1e-12);
        }
      }),
    );
  });

  it("are the chance that a positive scores higher, found the slow way, and mirror when the sides change", () => {
    fc.assert(
      fc.property(fc.array(scoredRow, { maxLength: 30 }), (rows) => {
        const positives = rows.filter(({ isPositive }) => isPositive);
        const negatives = rows.filter(({ isPositive }) => !isPositive);
        const wins = positives.flatMap((a) => negatives.map((b) => (Math.sign(a.score - b.score) + 1) / 2));
        const scores = rows.map(({ score }) => score);
        const area = rocAuc(
          scores,
          rows.map(({ isPositive }) => isPositive),
        );
        const mirrored = rocAuc(
          scores,
          rows.map(({ isPositive }) => !isPositive),
        );
        if (wins.length === 0) {
          expect([area, mirrored]).toEqual([undefined, undefined]);
          return;
        }
        expect(area).toBeCloseTo(mean(wins), 12);
        expect(mirrored).toBeCloseTo(1 - mean(wins), 12);
      }),
    );
  });

  it("stay from 0 to 1 for any counts", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(count, count)), (bins) => {
        const area = rocAucFromHistograms(
          bins.map(([positives]) => positives),
          bins.map(([, negatives]) => negatives),
        );
        if (area === undefined) return;
        expect(area).toBeGreaterThanOrEqual(0);
        expect(area).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("do not round over 1", () => {
    expect(rocAucFromHistograms([0, 0.7, 0.1, 0.4, 0.3], [3.7, 0, 0, 0, 0])).toBe(1);
  });

  it("rank infinite scores, leave out NaN, and take weights as rows", () => {
    expect(rocAuc([-Infinity, Infinity, 0, NaN], [0, 1, 1, 0])).toBe(1);
    expect(rocAuc([Infinity, Infinity], [0, 1])).toBe(0.5);
    expect(expectedRocAuc([0.2, 0.7, NaN], [2, 3, 5])).toBeCloseTo(
      expectedRocAuc([0.2, 0.2, 0.7, 0.7, 0.7]) ?? NaN,
      12,
    );
  });

  it("are undefined when a side is missing", () => {
    expect(rocAuc([], [])).toBeUndefined();
    expect(rocAuc([1, 2], [1, 1])).toBeUndefined();
    expect(rocAucFromHistograms([0, 0], [1, 2])).toBeUndefined();
    expect(expectedRocAuc([1, 1])).toBeUndefined();
    expect(expectedRocAuc([])).toBeUndefined();
    expect(() => rocAuc([1], [])).toThrow(RangeError);
    expect(() => rocAucFromHistograms([1], [1, 2])).toThrow(RangeError);
    expect(() => expectedRocAuc([1], [])).toThrow(RangeError);
  });
});

describe("errors of probabilities", () => {
  it.each(answers.probabilities)("are scikit-learn's for $probability", ({ probability, actual, brier, logLoss }) => {
    expect(mean(probability.map((p, i) => brierTerm(p, actual[i] === 1)))).toBeCloseTo(brier, 13);
    expect(mean(probability.map((p, i) => logLossTerm(actual[i] === 1 ? p : 1 - p)))).toBeCloseTo(logLoss, 12);
  });

  it("cost a sure mistake a bounded amount, and being right nothing or more", () => {
    expect(logLossTerm(0)).toBeCloseTo(36.0437, 4);
    expect(logLossTerm(-1)).toBe(logLossTerm(0));
    expect(logLossTerm(1)).toBeCloseTo(Number.EPSILON, 30);
    expect(logLossTerm(2)).toBe(logLossTerm(1));
    expect([brierTerm(1, true), brierTerm(0, true), brierTerm(-4, false), brierTerm(9, false)]).toEqual([0, 1, 0, 1]);
  });
});

describe("errors of numbers", () => {
  it.each(answers.regression)("are scikit-learn's for $actual", ({ actual, predicted, ...expected }) => {
    const errors = predicted.map((value, i) => value - (actual[i] ?? NaN));
    const sums = {
      rows: errors.length,
      absolute: sum(errors.map(Math.abs)),
      squared: sum(errors.map((error) => error * error)),
    };
    expect(meanAbsoluteError(sums)).toBeCloseTo(expected.meanAbsolute, 11);
    expect(rootMeanSquaredError(sums)).toBeCloseTo(expected.rootMeanSquared, 11);
  });

  it("are undefined without rows", () => {
    const none = { rows: 0, absolute: 0, squared: 0 };
    expect([meanAbsoluteError(none), rootMeanSquaredError(none)]).toEqual([undefined, undefined]);
  });
});
