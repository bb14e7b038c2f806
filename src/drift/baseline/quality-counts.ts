import { categoryOf } from "../../payload/table/category.ts";
import type { Cell } from "../../payload/body-content.ts";
import { fitIsotonic, type Isotonic } from "../../stats/isotonic-regression.ts";
import { RunningMoments } from "../../stats/running-moments.ts";
import type { BaselineQuality, CalibrationMap } from "./baseline.ts";

/** The columns of one row that measure quality. */
export interface QualityRow {
  readonly prediction: Cell;
  readonly label: Cell;
  /** The raw score; only numbers from 0 to 1 count. */
  readonly score: Cell;
  readonly weight: number;
}

/** Options of {@link QualityCounts}. */
export interface QualityOptions {
  readonly hasPrediction: boolean;
  readonly hasScore: boolean;
  /** True when there are predictions and they are amounts: then the error is measured, not the part that was right. */
  readonly isNumeric: boolean;
  /** The class whose probability the score is; empty when it is the confidence in the prediction. */
  readonly positive: string;
}

/**
 * Scores are counted in this many cells of equal width before the map is fitted: bounded memory, an error below 0.001.
 */
const scoreCells = 1000;

/** Maximum number of points of a calibration map in a file. */
const maxKnots = 50;

/** Compares predictions with labels, and scores with how often they were right. 24 KB. */
export class QualityCounts {
  readonly #options: QualityOptions;
  /** True when a row shows whether its score was right. */
  readonly #isCalibrated: boolean;
  readonly #errors = new RunningMoments();
  readonly #weights = new Float64Array(scoreCells);
  readonly #scores = new Float64Array(scoreCells);
  readonly #hits = new Float64Array(scoreCells);
  #rows = 0;
  #right = 0;

  constructor(options: QualityOptions) {
    const { hasPrediction, hasScore, isNumeric, positive } = options;
    this.#options = options;
    this.#isCalibrated = hasScore && (positive !== "" || (hasPrediction && !isNumeric));
  }

  /** Adds a row. A row without a label, or without an expected prediction, is left out. */
  add(row: QualityRow): void {
    const { hasPrediction, isNumeric, positive } = this.#options;
    const { prediction, label, weight } = row;
    if (isMissing(label) || (hasPrediction && isMissing(prediction))) return;
    if (isNumeric && !this.#addError(prediction, label, weight)) return;
    this.#rows += weight;
    const isRight = !isMissing(prediction) && categoryOf(prediction) === categoryOf(label);
    if (isRight) this.#right += weight;
    if (!this.#isCalibrated) return;
    this.#addScore(row.score, positive === "" ? isRight : categoryOf(label) === positive, weight);
  }

  /** Undefined when no row could be compared. */
  finish(): BaselineQuality | undefined {
    if (this.#rows === 0) return undefined;
    const { hasPrediction, isNumeric } = this.#options;
    const calibration = this.#calibration();
    return {
      ...(hasPrediction && !isNumeric ? { accuracy: Math.min(1, this.#right / this.#rows) } : {}),
      ...(hasPrediction && isNumeric ? { meanAbsoluteError: this.#errors.mean } : {}),
      rows: this.#rows,
      ...(calibration === undefined ? {} : { calibration }),
    };
  }

  /** False when one of the two, or their difference, is not a finite number. */
  #addError(prediction: Cell, label: Cell, weight: number): boolean {
    if (typeof prediction !== "number" || typeof label !== "number") return false;
    const error = Math.abs(prediction - label);
    this.#errors.add(error, weight);
    return Number.isFinite(error);
  }

  #addScore(score: Cell, isHit: boolean, weight: number): void {
    if (typeof score !== "number" || !(score >= 0 && score <= 1)) return;
    const cell = Math.min(scoreCells - 1, Math.floor(score * scoreCells));
    this.#weights[cell]! += weight;
    this.#scores[cell]! += weight * score;
    if (isHit) this.#hits[cell]! += weight;
  }

  #calibration(): CalibrationMap | undefined {
    const cells = Array.from(this.#weights.keys()).filter((cell) => this.#weights[cell] !== 0);
    if (cells.length === 0) return undefined;
    const part = (sums: Float64Array, cell: number): number => Math.min(1, sums[cell]! / this.#weights[cell]!);
    const fitted = fitIsotonic(
      cells.map((cell) => part(this.#scores, cell)),
      cells.map((cell) => part(this.#hits, cell)),
      cells.map((cell) => this.#weights[cell]!),
    );
    const { positive } = this.#options;
    return { of: positive === "" ? "confidence" : "positive_probability", positive, ...fewerKnots(fitted) };
  }
}

function isMissing(cell: Cell): cell is null | undefined {
  return cell === null || cell === undefined || (typeof cell === "number" && Number.isNaN(cell));
}

/**
 * At most {@link maxKnots} of the map's points: drops the least important one until it fits; the first and last
 * stay. O(knots²), of which there are at most 2,000.
 */
function fewerKnots(map: Isotonic): Isotonic {
  const x = [...map.x];
  const y = [...map.y];
  while (x.length > maxKnots) {
    const at = minNeeded(x, y);
    x.splice(at, 1);
    y.splice(at, 1);
  }
  return { x, y };
}

/** The inner knot that makes the smallest triangle with its neighbours. Source: Visvalingam and Whyatt (1993). */
function minNeeded(x: readonly number[], y: readonly number[]): number {
  let best = 1;
  let smallest = Infinity;
  for (let index = 1; index < x.length - 1; index++) {
    const area = triangle(x, y, index);
    if (area < smallest) {
      smallest = area;
      best = index;
    }
  }
  return best;
}

function triangle(x: readonly number[], y: readonly number[], index: number): number {
  const [x0, x1, x2] = x.slice(index - 1, index + 2) as [number, number, number];
  const [y0, y1, y2] = y.slice(index - 1, index + 2) as [number, number, number];
  return Math.abs((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0));
}
