import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ExchangeContent } from "../../../src/payload/exchange-content.ts";
import type { Cell, Predictions, TokenUsage } from "../../../src/payload/body-content.ts";
import type { predictionRows } from "../../../src/metrics/catalogue/prediction-catalogue.ts";
import type { Sample } from "../../../src/metrics/sample.ts";
import { predictionFamilies } from "../../../src/metrics/predictions/prediction-families.ts";
import {
  PredictionMetrics,
  type PredictionMetricsOptions,
} from "../../../src/metrics/predictions/prediction-metrics.ts";
import { valueEdgesFrom } from "../../../src/metrics/predictions/prediction-values.ts";
import { anExchangeContent, predictionsOf } from "../../support/exchange-content.ts";
import { normalizedEntropy } from "../../../src/metrics/predictions/prediction-set.ts";

const nowMs = 1_700_000_000_000;
const options: PredictionMetricsOptions = { model: "iris", version: "1", variant: "stable", maxModels: 2 };

const answer = (predictions?: Predictions, usage?: TokenUsage): NonNullable<ExchangeContent["response"]> => ({
  ...(predictions === undefined ? {} : { predictions }),
  ...(usage === undefined ? {} : { usage }),
  model: "",
  version: "",
  ids: [],
});

/** Metrics that have counted these predictions of one model. */
function counted(...all: readonly Predictions[]): PredictionMetrics {
  const metrics = new PredictionMetrics(options);
  for (const predictions of all) metrics.count(anExchangeContent({ response: answer(predictions) }));
  return metrics;
}

/** The samples of a metric as `name{labels} value` without the labels of the model. */
function lines(metrics: PredictionMetrics, name: keyof typeof predictionRows, atMs = nowMs): readonly string[] {
  return [...predictionFamilies(metrics, atMs)[name]].map(({ metricName = name, labels = {}, value }: Sample) => {
    const shown = Object.values(labels).join(",");
    return `${metricName.replace(name, "")}{${shown}} ${value}`;
  });
}

const modelsOf = (metrics: PredictionMetrics): readonly string[] =>
  metrics.sets.map(({ labels, rows }) => `${labels.model}/${labels.version}/${labels.variant} ${rows}`);

describe("prediction metrics", () => {
  it("count rows, not requests, and have the configured model's series from the start", () => {
    expect(lines(new PredictionMetrics(options), "outrider_predictions_total")).toEqual(["{} 0"]);
    const metrics = counted(predictionsOf([1, 0, 1]), predictionsOf([]));
    expect(lines(metrics, "outrider_predictions_total")).toEqual(["{} 3"]);
  });

  it("count the rows and left-out columns of requests", () => {
    const metrics = new PredictionMetrics(options);
    const columns = { names: ["a"], isPositional: false };
    const request = { features: { columns, rowCount: 4, cells: [1, 2, 3, 4] }, droppedColumns: 2, ids: [] };
    metrics.count(anExchangeContent({ request: { ...request, model: "", version: "" } }));
    metrics.count(anExchangeContent({ request: { droppedColumns: 0, model: "", version: "", ids: [] } }));
    expect(lines(metrics, "outrider_feature_rows_total")).toEqual(["{} 4"]);
    expect(lines(metrics, "outrider_feature_columns_dropped_total")).toEqual(["{} 2"]);
    expect(lines(metrics, "outrider_predictions_total")).toEqual(["{} 0"]);
  });

  it("give the rate of the last five seconds", () => {
    const metrics = new PredictionMetrics(options);
    for (let ms = 0; ms < 10_000; ms += 100) {
      metrics.count(anExchangeContent({ atMs: nowMs + ms, response: answer(predictionsOf([1, 0])) }));
    }
    expect(lines(metrics, "outrider_predictions_per_second", nowMs + 10_000)).toEqual(["{} 20"]);
    expect(lines(metrics, "outrider_predictions_per_second", nowMs + 20_000)).toEqual(["{} 0"]);
    expect(lines(metrics, "outrider_predictions_per_second", nowMs - 20_000)).toEqual(["{} 0"]);
  });

  it("count tokens and finish reasons, of which there are at most 16", () => {
    const metrics = new PredictionMetrics(options);
    expect(lines(metrics, "outrider_tokens_total")).toEqual([]);
    const usage = { promptTokens: 12, completionTokens: 30, finishReasons: ["stop", "length", "stop"] };
    metrics.count(anExchangeContent({ response: answer(undefined, usage) }));
    expect(lines(metrics, "outrider_tokens_total")).toEqual(["{prompt} 12", "{completion} 30"]);
    expect(lines(metrics, "outrider_finish_reasons_total")).toEqual(["{stop} 2", "{length} 1"]);
    const finishReasons = Array.from({ length: 100 }, (_, i) => `reason-${i}`);
    metrics.count(anExchangeContent({ response: answer(undefined, { ...usage, finishReasons }) }));
    expect(lines(metrics, "outrider_finish_reasons_total").slice(-2)).toEqual(["{reason-13} 1", "{__other__} 86"]);
  });

  it("keep models, versions and variants apart, and count past the cap under another name", () => {
    const metrics = new PredictionMetrics(options);
    const count = (model: string, version: string, variant = "stable"): void =>
      metrics.count(anExchangeContent({ model, version, variant, response: answer(predictionsOf([1])) }));
    for (const version of ["1", "2", "2", "3", "4", "1"]) count("iris", version);
    count("iris", "2", "canary");
    count("wine", "1", "canary");
    count("", "", "stable");
    count("x".repeat(300), "");
    expect(modelsOf(metrics)).toEqual([
      "iris/1/stable 2",
      "iris/2/stable 2",
      "iris/3/stable 1",
      "__other__//stable 3",
      "iris/2/canary 1",
      "__other__//canary 1",
    ]);
    expect(lines(metrics, "outrider_collapsed_readings_total")).toEqual(["{} 4"]);
  });

  it("name a model that nothing names", () => {
    const metrics = new PredictionMetrics({ ...options, model: "", version: "" });
    metrics.count(anExchangeContent({ model: "", version: "", response: answer(predictionsOf([1])) }));
    expect(modelsOf(metrics)).toEqual(["__unnamed__//stable 1"]);
  });
});

describe("predicted values", () => {
  it("are classes when they are words, truth values or whole numbers", () => {
    const metrics = counted(predictionsOf(["setosa", "setosa", "virginica", true, 3, -0, 10n]));
    expect(lines(metrics, "outrider_prediction_classes_total")).toEqual([
      "{setosa} 2",
      "{virginica} 1",
      "{true} 1",
      "{3} 1",
      "{0} 1",
      "{10} 1",
    ]);
    expect(lines(metrics, "outrider_prediction_value")).toEqual([]);
  });

  it("are one class when they are written alike, and fit for a label", () => {
    const metrics = counted(predictionsOf([1, "1", 1n, "a\nb", "a_b", "y".repeat(300), "y".repeat(400)]));
    expect(lines(metrics, "outrider_prediction_classes_total")).toEqual(["{1} 3", "{a_b} 2", `{${"y".repeat(256)}} 2`]);
  });

  it("are a distribution from the first number that is not whole, with those that came before in it", () => {
    const valueEdges = (): readonly number[] => [0, 1, 2];
    const metrics = new PredictionMetrics({ ...options, valueEdges });
    const count = (...values: readonly Cell[]): void =>
      metrics.count(anExchangeContent({ response: answer(predictionsOf(values)) }));
    count(0, 1, 1, 7, "unknown");
    count(0.5, 2, 1n);
    expect(lines(metrics, "outrider_prediction_value")).toEqual([
      "_bucket{0} 1",
      "_bucket{1} 5",
      "_bucket{2} 6",
      "_bucket{+Inf} 7",
      "_sum{} 12.5",
      "_count{} 7",
    ]);
    expect(lines(metrics, "outrider_prediction_classes_total")).toEqual(["{unknown} 1"]);
  });

  it("have the buckets of a baseline: at most 40, none for the narrow bin of a single value", () => {
    const nextUp = 0.1 + 2 ** -56;
    expect(valueEdgesFrom([-1, 0, 0.1, nextUp, 2])).toEqual([-1, 0, 0.1, 2]);
    expect(valueEdgesFrom(Array.from({ length: 200 }, (_, i) => i)).length).toBe(40);
    for (const none of [undefined, [], [Number.NaN]]) expect(valueEdgesFrom(none)).toHaveLength(29);
    fc.assert(
      fc.property(fc.array(fc.double(), { maxLength: 300 }), (edges) => {
        const kept = valueEdgesFrom(edges.toSorted((a, b) => a - b));
        expect(kept.length).toBeLessThanOrEqual(40);
        expect(kept.length).toBeGreaterThan(0);
        expect(new Set(kept.map(String)).size).toBe(kept.length);
      }),
    );
  });

  it("are a distribution from the 51st different whole number", () => {
    const whole = Array.from({ length: 50 }, (_, i) => i);
    expect(lines(counted(predictionsOf([...whole, 7])), "outrider_prediction_classes_total").length).toBe(50);
    const metrics = counted(predictionsOf([...whole, 7, 50]));
    expect(lines(metrics, "outrider_prediction_classes_total")).toEqual([]);
    expect(lines(metrics, "outrider_prediction_value").at(-1)).toBe("_count{} 52");
  });

  it("have no more than 50 classes of words; the others are counted together", () => {
    const words = Array.from({ length: 500 }, (_, i) => `word-${i}`);
    const classes = lines(counted(predictionsOf(words), predictionsOf(words)), "outrider_prediction_classes_total");
    expect([classes.length, classes[49], classes[50]]).toEqual([51, "{word-49} 2", "{__other__} 900"]);
  });

  it("never show a class twice, not even one that is named like the others together", () => {
    const value = fc.oneof(
      fc.constantFrom<Cell>("__other__", "__proto__", "", "1", 1, 1n, true, "true", null, undefined, Number.NaN),
      fc.string({ maxLength: 3 }),
      fc.integer({ min: -60, max: 60 }),
      fc.constantFrom(0.5, -1e308, Infinity, 2 ** 53),
    );
    fc.assert(
      fc.property(fc.array(value, { maxLength: 200 }), (values) => {
        const metrics = counted(predictionsOf(values), predictionsOf(["__other__"]));
        const classes = lines(metrics, "outrider_prediction_classes_total");
        const names = classes.map((line) => line.slice(0, line.lastIndexOf(" ")));
        expect(new Set(names).size).toBe(names.length);
        expect(names.length).toBeLessThanOrEqual(51);
        const total = (all: readonly string[]): number =>
          all.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
        const numbers = lines(metrics, "outrider_prediction_value").slice(-1);
        const without = lines(metrics, "outrider_predictions_without_value_total");
        expect(total(classes) + total(numbers) + total(without)).toBe(values.length + 1);
      }),
    );
  });

  it("are told apart from rows without one, which spoil no sum", () => {
    const metrics = counted(predictionsOf([0.5, Number.NaN, Infinity, -Infinity, null, undefined]));
    expect(lines(metrics, "outrider_predictions_without_value_total")).toEqual(["{} 5"]);
    expect(lines(metrics, "outrider_prediction_value").slice(-2)).toEqual(["_sum{} 0.5", "_count{} 1"]);
  });

  it("fall into the bucket of the first edge that is not below them, by edges of both signs", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (values) => {
        const metrics = counted(predictionsOf(Float64Array.from([0.5, ...values])));
        const { edges } = metrics.sets[0]!.values.numbers!;
        const expected = [...edges, Infinity].map((edge) => [0.5, ...values].filter((value) => value <= edge).length);
        expect(metrics.sets[0]!.values.numbers!.cumulative()).toEqual(expected);
        expect([...edges]).toEqual([...edges].toSorted((a, b) => a - b));
      }),
    );
  });
});

describe("confidences and entropies", () => {
  it("are counted row by row", () => {
    const probabilities = [0.9, 0.1, 0.5, 0.5, 1, 0];
    const over = { classes: ["no", "yes"], probabilities, confidences: [0.9, 0.5, 1] };
    const metrics = counted(predictionsOf(["no", "no", "no"], over));
    const confidences = lines(metrics, "outrider_prediction_confidence");
    expect(confidences.filter((line) => /\{(0\.4|0\.5|0\.9|0\.99|1|\+Inf)\}|_count/.test(line))).toEqual([
      "_bucket{0.4} 0",
      "_bucket{0.5} 1",
      "_bucket{0.9} 2",
      "_bucket{0.99} 2",
      "_bucket{1} 3",
      "_bucket{+Inf} 3",
      "_count{} 3",
    ]);
    const entropies = lines(metrics, "outrider_prediction_entropy");
    expect(entropies.filter((line) => /\{(0\.1|0\.4|0\.5|0\.9|1)\}|_count/.test(line))).toEqual([
      "_bucket{0.1} 1",
      "_bucket{0.4} 1",
      "_bucket{0.5} 2",
      "_bucket{0.9} 2",
      "_bucket{1} 3",
      "_count{} 3",
    ]);
  });

  it("leave out what is no probability", () => {
    const over = { classes: ["a", "b"], probabilities: [0.9, 0.9, Number.NaN, 1], confidences: [1.5, Number.NaN] };
    const metrics = counted(predictionsOf(["a", "b"], over));
    expect(lines(metrics, "outrider_prediction_confidence").at(-1)).toBe("_count{} 0");
    expect(lines(metrics, "outrider_prediction_entropy").at(-1)).toBe("_count{} 0");
  });

  // -sum(p ln p) / ln k, worked out apart.
  it.each([
    [[0.5, 0.5], 1],
    [[1, 0], 0],
    [[0.9, 0.1], 0.468996],
    [[0.2, 0.3, 0.5], 0.937231],
    [[0.7, 0.1, 0.1, 0.1], 0.67839],
    [[0.25, 0.25, 0.25, 0.25], 1],
  ])("give %j an entropy of %d", (probabilities, expected) => {
    expect(normalizedEntropy(probabilities, 0, probabilities.length)).toBeCloseTo(expected, 5);
  });

  it("are within 0 and 1 for every distribution, most for even ones, and not changed by order or rounding", () => {
    const weights = fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(weights, (list) => {
        const total = list.reduce((sum, weight) => sum + weight, 0);
        const probabilities = list.map((weight) => weight / total);
        const entropy = normalizedEntropy(probabilities, 0, list.length);
        expect(entropy).toBeGreaterThan(0);
        expect(entropy).toBeLessThanOrEqual(1);
        expect(normalizedEntropy(probabilities.toReversed(), 0, list.length)).toBeCloseTo(entropy, 9);
        const rounded = probabilities.map((probability) => probability * 1.01);
        expect(normalizedEntropy(rounded, 0, list.length)).toBeCloseTo(entropy, 9);
      }),
    );
  });
});
