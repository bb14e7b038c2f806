import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createReader } from "../../support/create-reader.ts";
import { compareAnswers, type Comparison } from "../../../src/cli/replay/compare.ts";
import { compilePointer } from "../../../src/payload/json/json-pointer.ts";
import type { PredictionRecord } from "../../../src/prediction-log/prediction-record.ts";
import { aRecord } from "../../support/a-record.ts";

const reader = createReader("mlflow", {
  limits: { columns: 100, rows: 1000, depth: 64 },
  score: compilePointer("/scores"),
});

function compared(over: Partial<PredictionRecord>, body: unknown, status = 200, tolerance = 1e-9): Comparison {
  const answer = { status, contentType: "application/json", body: Buffer.from(JSON.stringify(body)) };
  return compareAnswers(aRecord({ path: "/invocations", ...over }), answer, { reader, tolerance });
}

const same = { kind: "same" };
const differs = (difference: object): object => ({ kind: "different", difference });

describe("a response compared with the logged one", () => {
  it.each<[string, Partial<PredictionRecord>, unknown, object]>([
    ["equal numbers", { prediction: [1, 2] }, { predictions: [1, 2] }, same],
    ["equal words", { prediction: ["a", "b"] }, { predictions: ["a", "b"] }, same],
    ["rounding", { prediction: [0.1 + 0.2] }, { predictions: [0.3] }, same],
    [
      "another number",
      { prediction: [1, 2] },
      { predictions: [1, 3] },
      differs({ what: "prediction", row: 1, was: 2, is: 3 }),
    ],
    [
      "another word",
      { prediction: ["a"] },
      { predictions: ["b"] },
      differs({ what: "prediction", row: 0, was: "a", is: "b" }),
    ],
    [
      "another type",
      { prediction: [1] },
      { predictions: ["1"] },
      differs({ what: "prediction", row: 0, was: 1, is: "1" }),
    ],
    [
      "a value that is gone",
      { prediction: [1] },
      { predictions: [null] },
      differs({ what: "prediction", row: 0, was: 1, is: null }),
    ],
    ["fewer rows", { prediction: [1, 2] }, { predictions: [1] }, differs({ what: "rows", was: 2, is: 1 })],
    ["more rows", { prediction: [1] }, { predictions: [1, 2] }, differs({ what: "rows", was: 1, is: 2 })],
    ["more rows than are in the log", { prediction: [1], rows: 2, cut: ["rows"] }, { predictions: [1, 2] }, same],
    [
      "fewer rows than are in the log",
      { prediction: [1, 2], rows: 9, cut: ["rows"] },
      { predictions: [1] },
      differs({ what: "rows", was: 2, is: 1 }),
    ],
    ["a masked word", { prediction: ["***", 2] }, { predictions: ["secret", 2] }, same],
    [
      "an answer that cannot be read",
      { prediction: [1] },
      {},
      differs({ what: "unread", was: null, is: "path_not_found" }),
    ],
    ["an equal score", { prediction: [1], score: [0.5] }, { predictions: [1], scores: [0.5] }, same],
    [
      "another score",
      { prediction: [1], score: [0.5] },
      { predictions: [1], scores: [0.6] },
      differs({ what: "score", row: 0, was: 0.5, is: 0.6 }),
    ],
    [
      "a score that is gone",
      { prediction: [1], score: [0.5] },
      { predictions: [1] },
      differs({ what: "score", row: 0, was: 0.5, is: null }),
    ],
  ])("%s", (_, over, body, comparison) => {
    expect(compared(over, body)).toEqual(comparison);
  });

  it("differs by its status before anything else", () => {
    expect(compared({ prediction: [1] }, { predictions: [1] }, 500)).toEqual(
      differs({ what: "status", was: 200, is: 500 }),
    );
  });

  it("is compared by status alone when no predictions are logged", () => {
    const { prediction: _, ...failed } = aRecord({ status: 400 });
    const answer = { status: 400, contentType: "", body: Buffer.from("bad") };
    expect(compareAnswers(failed, answer, { reader, tolerance: 0 })).toEqual({ kind: "status_only" });
  });

  it("tells numbers apart beyond the tolerance, absolute or relative", () => {
    const number = fc.double({ noNaN: true, min: -1e12, max: 1e12 });
    fc.assert(
      fc.property(number, number, fc.constantFrom(0, 1e-9, 0.01, 1), (was, is, tolerance) => {
        const apart = Math.abs(was - is);
        const isSame = apart <= tolerance || apart <= tolerance * Math.max(Math.abs(was), Math.abs(is));
        const found = compared({ prediction: [was] }, { predictions: [is] }, 200, tolerance);
        expect(found.kind).toBe(isSame ? "same" : "different");
      }),
    );
  });
});
