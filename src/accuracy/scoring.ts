/** The value of one prediction, and the chance that it is right. */
import type { Baseline, CalibrationMap } from "../drift/baseline/baseline.ts";
import { predictedClass } from "../payload/table/predicted-class.ts";
import type { Predictions } from "../payload/body-content.ts";
import { evaluateIsotonic } from "../stats/isotonic-regression.ts";
import { answerValue, classOf, isMeasure, type AnswerValue } from "./answer-value.ts";

/** The parts of a baseline that accuracy uses. */
export type LabelBaseline = Pick<Baseline, "prediction" | "quality">;

/** Whether a model names classes or gives numbers; `unknown` until the values show it. */
export type AnswerKind = "classes" | "numbers" | "unknown";

/** The model's score for one row. */
export type Score =
  | { readonly kind: "none" }
  /** The probability of the class {@link Score.positive}. */
  | { readonly kind: "positive"; readonly probability: number; readonly positive: string }
  /** The probability of the class that was predicted. */
  | { readonly kind: "confidence"; readonly probability: number };

/** Prediction and score of one row; an undefined value means that the row had none. */
export interface ScoredPrediction {
  readonly value: AnswerValue | undefined;
  readonly score: Score;
}

/** Estimated chances of one prediction before its label is known, 0 to 1. */
export interface Expectation {
  /** The chance that it is right. */
  readonly rightChance: number;
  /** The chance that the row is of the positive class; NaN for a score of kind `confidence`. */
  readonly positiveChance: number;
  /** False when the model's word was taken for it, as the baseline has no map. */
  readonly isCalibrated: boolean;
}

const noScore: Score = { kind: "none" };

/** Reads predictions of one model in the light of its baseline, if it has one. */
export class Scoring {
  /** From what the baseline measured, or else how its predictions are spread. */
  readonly kind: AnswerKind;
  readonly baselineAccuracy: number | undefined;
  /** Mean absolute error of the baseline. */
  readonly baselineError: number | undefined;
  readonly #calibration: CalibrationMap | undefined;
  /** The class whose probability the baseline's map is about; empty when it says none. */
  readonly #positive: string;
  /** The two classes of the baseline; undefined unless it has exactly two. */
  readonly #classes: readonly string[] | undefined;

  constructor({ prediction, quality }: LabelBaseline = {}) {
    this.kind = kindOf(prediction, quality);
    this.baselineAccuracy = quality?.accuracy;
    this.baselineError = quality?.meanAbsoluteError;
    this.#calibration = quality?.calibration;
    this.#positive = nameOf(this.#calibration?.positive);
    const isPair = prediction?.kind === "categorical" && prediction.values.length === 2 && prediction.other === 0;
    this.#classes = isPair ? prediction.values.map(nameOf) : undefined;
  }

  /** What one row of an answer says. */
  read(predictions: Predictions, row: number): ScoredPrediction {
    const value = answerValue(predictedClass(predictions, row));
    if (value === undefined) return { value, score: noScore };
    return this.#readProbability(value) ?? { value, score: this.#scoreOf(predictions, row, value) };
  }

  /** The estimate for a prediction; undefined when it has no score or is a number. */
  expect(value: AnswerValue, score: Score): Expectation | undefined {
    if (score.kind === "none" || this.kind === "numbers") return undefined;
    const { probability } = score;
    const map = this.#calibration;
    if (score.kind === "confidence") {
      const isCalibrated = map?.of === "confidence";
      const rightChance = isCalibrated ? evaluateIsotonic(map, probability) : probability;
      return { rightChance, positiveChance: Number.NaN, isCalibrated };
    }
    const isPositive = classOf(value) === score.positive;
    const sideOf = (chance: number): number => (isPositive ? chance : 1 - chance);
    if (map?.of === "confidence") {
      const rightChance = evaluateIsotonic(map, sideOf(probability));
      return { rightChance, positiveChance: sideOf(rightChance), isCalibrated: true };
    }
    const isCalibrated = map !== undefined && this.#positive === score.positive;
    const positiveChance = isCalibrated ? evaluateIsotonic(map, probability) : probability;
    return { rightChance: sideOf(positiveChance), positiveChance, isCalibrated };
  }

  /**
   * A number with a fraction where classes are expected is the probability of the positive one, as a sigmoid gives it:
   * what it predicts is the nearer class.
   */
  #readProbability(value: AnswerValue): ScoredPrediction | undefined {
    const positive = this.#positive;
    const negative = this.#classes?.find((name) => name !== positive);
    const isProbability = typeof value === "number" && isMeasure(value) && value > 0 && value < 1;
    if (!isProbability || positive === "" || negative === undefined) return undefined;
    const predicted = value >= 0.5 ? positive : negative;
    return { value: answerValue(predicted), score: { kind: "positive", probability: value, positive } };
  }

  #scoreOf(predictions: Predictions, row: number, value: AnswerValue): Score {
    const { classes, probabilities } = predictions;
    const count = classes.length;
    if (count === 2 && probabilities.length > 0) {
      const positive = this.#positiveOf(classes);
      const probability = probabilities[row * 2 + (nameOf(classes[0]) === positive ? 0 : 1)];
      return isChance(probability) ? { kind: "positive", probability, positive } : noScore;
    }
    const confidence =
      predictions.confidences.length > 0 ? predictions.confidences[row] : probabilityOf(predictions, row, value);
    return isChance(confidence) ? this.#scoreOfConfidence(confidence, value) : noScore;
  }

  /** With two classes, the confidence gives the probability of the positive one. */
  #scoreOfConfidence(confidence: number, value: AnswerValue): Score {
    if (this.#classes === undefined) return { kind: "confidence", probability: confidence };
    const positive = this.#positiveOf(this.#classes);
    const probability = classOf(value) === positive ? confidence : 1 - confidence;
    return { kind: "positive", probability, positive };
  }

  /** The baseline's positive class, or the later one by name: `1`, `true`, `yes`, whatever order an answer has. */
  #positiveOf(classes: readonly string[]): string {
    const names = classes.map(nameOf);
    if (names.includes(this.#positive)) return this.#positive;
    return positiveOfPair(names[0] ?? "", names[1] ?? "");
  }
}

/** The positive one of two classes, when it is not configured: the later one by name. */
export const positiveOfPair = (one: string, other: string): string => (one > other ? one : other);

function kindOf(prediction: LabelBaseline["prediction"], quality: LabelBaseline["quality"]): AnswerKind {
  if (quality?.accuracy !== undefined) return "classes";
  if (quality?.meanAbsoluteError !== undefined) return "numbers";
  if (prediction === undefined) return "unknown";
  return prediction.kind === "categorical" ? "classes" : "numbers";
}

function nameOf(name: string | undefined): string {
  const value = answerValue(name);
  return value === undefined ? "" : classOf(value);
}

function probabilityOf({ classes, probabilities }: Predictions, row: number, value: AnswerValue): number | undefined {
  if (probabilities.length === 0 || classes.length < 2) return undefined;
  const predicted = classOf(value);
  const index = classes.findIndex((name) => nameOf(name) === predicted);
  return index === -1 ? undefined : probabilities[row * classes.length + index];
}

const isChance = (value: number | undefined): value is number => value !== undefined && value >= 0 && value <= 1;
