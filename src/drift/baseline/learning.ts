/** Learns a baseline from a model's first requests. */
import type { FeatureTable, Predictions } from "../../payload/body-content.ts";
import { seededRandom } from "../../sketch/seeded-random.ts";
import { effectiveSampleSize } from "../../stats/cell-counts.ts";
import type { Baseline, Distribution } from "./baseline.ts";
import { BaselineLearner } from "./baseline-learner.ts";

/** Memory of all columns together while a baseline is learned; afterwards it is free again. */
const learnerBytes = 8 * 1024 * 1024;

/** A fixed seed: samples need no secret, and runs can be repeated. */
const learnerSeed = 1;

const noFeatures: FeatureTable = { columns: { names: [], isPositional: false }, rowCount: 0, cells: [] };

/** Sums over the rows of requests, for their number of independent rows. */
class RowSums {
  #rows = 0;
  #squared = 0;

  add(rows: number): void {
    if (!(rows > 0)) return;
    this.#rows += rows;
    this.#squared += rows * rows;
  }

  /** Effective rows for each row; 1 without rows. */
  get ratio(): number {
    return this.#rows > 0 ? effectiveSampleSize(this.#rows, this.#squared) / this.#rows : 1;
  }
}

/** How far a baseline has been learned from requests; JSON-able, shown on `/drift`. */
export interface LearningProgress {
  /** Requests with feature rows; responses as long as no request had any. */
  readonly requests: number;
  readonly needed: number;
  /** Highest number of columns of one request that were left out because there were too many. */
  readonly dropped_columns: number;
}

/**
 * Learns until enough requests with feature rows have arrived. For a model whose requests never have any, responses are
 * enough; a single readable request shows that the others merely could not be read, so that waiting for more is right.
 */
export class Learning {
  readonly #learner: BaselineLearner;
  readonly #needed: number;
  readonly #featureRows = new RowSums();
  readonly #answerRows = new RowSums();
  #withFeatures = 0;
  #withAnswers = 0;

  constructor(options: { readonly needed: number; readonly maxFeatures: number }) {
    this.#needed = options.needed;
    this.#learner = new BaselineLearner({
      maxColumns: options.maxFeatures,
      maxBytes: learnerBytes,
      random: seededRandom(learnerSeed),
    });
  }

  get progress(): LearningProgress {
    const requests = this.#withFeatures > 0 ? this.#withFeatures : this.#withAnswers;
    return { requests, needed: this.#needed, dropped_columns: this.#learner.droppedColumns };
  }

  get isEnough(): boolean {
    return this.progress.requests >= this.#needed;
  }

  add(features: FeatureTable | undefined, predictions: Predictions | undefined): void {
    if (features !== undefined && features.rowCount > 0 && features.columns.names.length > 0) this.#withFeatures++;
    if (predictions !== undefined && predictions.rowCount > 0) this.#withAnswers++;
    this.#learner.add(features ?? noFeatures, predictions);
    this.#featureRows.add(features?.rowCount ?? 0);
    this.#answerRows.add(predictions?.rowCount ?? 0);
  }

  /** The baseline, its counts scaled to the independent rows, in steps of a column. `createdAt` in RFC 3339. */
  *finish(createdAt: string, modelName: string): Generator<undefined, Baseline> {
    const answers = this.#answerRows.ratio;
    const learned = yield* this.#learner.finishSteps(createdAt, modelName);
    return scaleToEffective(learned, {
      feature: this.#featureRows.ratio,
      prediction: answers,
      confidence: answers,
    });
  }
}

/** For features, predictions and confidences: independent rows for each row counted, more than 0 to 1. */
export interface EffectiveRatios {
  readonly feature: number;
  readonly prediction: number;
  readonly confidence: number;
}

/**
 * Scales the counts of a learned baseline to its effective number of rows: rows of one request resemble each other,
 * so tests on the raw counts would be too confident. `source.rows` does not change.
 */
function scaleToEffective<Given extends Baseline>(baseline: Given, ratios: EffectiveRatios): Given {
  const { features, prediction, confidence } = baseline;
  return {
    ...baseline,
    features: features.map((feature) => scale(feature, ratios.feature)),
    ...(prediction === undefined ? {} : { prediction: scale(prediction, ratios.prediction) }),
    ...(confidence === undefined ? {} : { confidence: scale(confidence, ratios.confidence) }),
  };
}

function scale<Given extends Distribution>(distribution: Given, ratio: number): Given {
  if (!(ratio > 0 && ratio < 1)) return distribution;
  const counts = distribution.counts.map((count) => count * ratio);
  const missing = distribution.missing * ratio;
  return distribution.kind === "numeric"
    ? { ...distribution, counts, missing, invalid: distribution.invalid * ratio }
    : { ...distribution, counts, missing, other: distribution.other * ratio };
}
