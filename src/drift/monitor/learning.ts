/** Making a baseline of a model's own first requests. */
import type { FeatureTable, Predictions } from "../../payload/body-content.ts";
import { seededRandom } from "../../sketch/seeded-random.ts";
import { effectiveSampleSize } from "../../stats/effective-sample-size.ts";
import type { Baseline } from "../baseline/baseline.ts";
import { BaselineLearner } from "../baseline/baseline-learner.ts";
import { scaleToEffective } from "../verdict/effective-baseline.ts";

/** Memory of all columns together while a baseline is learned; afterwards it is free again. */
const learnerBytes = 8 * 1024 * 1024;

/** Samples need no secret, and a run that can be repeated is worth more than another draw. */
const learnerSeed = 1;

const noFeatures: FeatureTable = { columns: { names: [], isPositional: false }, rowCount: 0, cells: [] };

/** Rows of requests, to know how many independent ones they stand for. */
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

/** How far learning is. */
export interface LearningProgress {
  /** Requests that had feature rows; answers as long as no request had any. */
  readonly requests: number;
  readonly needed: number;
  /** Columns of one request that were left out at most, because there were too many. */
  readonly dropped_columns: number;
}

/**
 * Learns until enough requests came that had feature rows. For a model whose requests never had any, answers are enough:
 * one readable request among them says that the others only could not be read, and that there is something to wait for.
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
