import { describe, expect, it } from "vitest";

import type { Baseline } from "../../../src/drift/baseline/baseline.ts";
import { groupNames, layOutCells } from "../../../src/drift/window/cell-layout.ts";
import { statisticNames } from "../../../src/drift/verdict/statistics.ts";
import {
  defaultThresholds,
  levelOf,
  requiredRows,
  statisticOf,
  testNames,
  WindowJudge,
  type WindowVerdict,
} from "../../../src/drift/verdict/verdict.ts";
import { baselineOf, categorical, numeric, windowOf } from "../support/some-baselines.ts";

function judge(baseline: Baseline, cells: readonly ArrayLike<number>[], requests: number): WindowVerdict {
  const layout = layOutCells(baseline, 1000);
  const judging = new WindowJudge(layout, defaultThresholds, windowOf(layout, cells, requests).vector, groupNames);
  while (judging.step());
  return judging.verdict;
}

describe("the verdict of a window", () => {
  it("does not call a ramp drift that is significant and tiny", () => {
    const counts = Array.from({ length: 10 }, () => 1000);
    const ramp = [800, 850, 900, 950, 1000, 1000, 1050, 1100, 1150, 1200, 0, 0, 0, 0];
    const verdict = judge(baselineOf([numeric("x", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], { counts })]), [ramp], 10_000);
    expect(levelOf(verdict, 0)).toBe("ok");
    expect(statisticOf(verdict, 0, "adjusted_p")).toBeLessThan(1e-10);
  });

  it("needs significance beside effect", () => {
    const baseline = baselineOf([categorical("x", { a: 50, b: 50 })]);
    expect(levelOf(judge(baseline, [[16, 4, 0, 0, 0]], 20), 0)).toBe("ok");
    expect(levelOf(judge(baseline, [[1600, 400, 0, 0, 0]], 2000), 0)).toBe("critical");
  });

  it("tells which test made the level", () => {
    const bins = numeric("x", [0, 1, 2], { counts: [5000, 5000] });
    const words = categorical("y", { a: 5000, b: 5000 });
    const gone = numeric("z", [0, 1, 2], { counts: [4900, 4900], missing: 200 });
    const cells = [
      [800, 200, 0, 0, 0, 0],
      [500, 500, 0, 0, 0],
      [490, 490, 0, 0, 20, 0],
    ];
    const verdict = judge(baselineOf([bins, words, gone]), cells, 1000);
    expect([0, 1, 2].map((target) => levelOf(verdict, target))).toEqual(["critical", "ok", "ok"]);
    expect(verdict.deciders[0]).toBe(0);
    const few = judge(
      baselineOf([numeric("x", [0, 1, 2], { counts: [50_000, 50_000] })]),
      [[480, 480, 0, 0, 40, 0]],
      1000,
    );
    expect(levelOf(few, 0)).toBe("critical");
    expect(testNames[few.deciders[0] ?? 0]).toBe("missing");
  });

  it("adjusts all tests of a window as one family", () => {
    const shifted = [[560, 440, 0, 0, 0]];
    const quiet = Array.from({ length: 40 }, () => [500, 500, 0, 0, 0]);
    const features = (count: number): Baseline =>
      baselineOf(Array.from({ length: count }, (_, index) => categorical(`x${index}`, { a: 5000, b: 5000 })));
    const alone = statisticOf(judge(features(1), shifted, 1000), 0, "adjusted_p");
    const among = statisticOf(judge(features(41), [...shifted, ...quiet], 1000), 0, "adjusted_p");
    expect(among / alone).toBeCloseTo(41, 6);
  });

  it("judges groups that are asked for only", () => {
    const layout = layOutCells(baselineOf([numeric("x", [0, 1])], { prediction: categorical("p", { a: 100 }) }), 10);
    const { vector } = windowOf(
      layout,
      [
        [500, 0, 0, 0, 0],
        [1, 499, 0, 0],
      ],
      500,
    );
    const judging = new WindowJudge(layout, defaultThresholds, vector, ["prediction"]);
    while (judging.step());
    expect(levelOf(judging.verdict, 0)).toBe("none");
    expect(judging.verdict.statistics.subarray(0, statisticNames.length).every(Number.isNaN)).toBe(true);
    expect(levelOf(judging.verdict, 1)).not.toBe("none");
  });

  it("asks for 400 rows with few bins, and for 600 with more or with words", () => {
    const few = numeric("x", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const many = numeric("y", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    const needed = (baseline: Baseline): number => requiredRows(layOutCells(baseline, 10), "feature");
    expect(needed(baselineOf([few]))).toBe(400);
    expect(needed(baselineOf([few, many]))).toBe(600);
    expect(needed(baselineOf([few, categorical("z", { a: 1 })]))).toBe(600);
    expect(needed(baselineOf([few], { prediction: categorical("p", { a: 1 }) }))).toBe(400);
  });
});
