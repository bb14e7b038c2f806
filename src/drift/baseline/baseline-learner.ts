import { predictedClass } from "../../payload/table/predicted-class.ts";
import type { Cell, Columns, FeatureTable, Predictions } from "../../payload/body-content.ts";
import { baselineFormatVersion, type Baseline, type Distribution } from "./baseline.ts";
import { ColumnProfile, type ProfileOptions } from "./column-profile.ts";
import { distributionCounts, type DistributionCounts } from "./distribution-counts.ts";

/** Bounds of a {@link BaselineLearner}. */
export interface LearnerOptions {
  /** Columns that are learned; further ones are counted and left out. */
  readonly maxColumns: number;
  /** Memory for all columns together, roughly. */
  readonly maxBytes: number;
  /** Numbers in [0, 1). */
  readonly random: () => number;
}

/** Memory of a column at least and at most: with 16 KB it keeps 1,000 numbers before its edges are set. */
const minColumnBytes = 16 * 1024;
const maxColumnBytes = 512 * 1024;

/** Columns whose edges are set at different requests. */
const columnsApart = 512;

/** Columns to reserve memory for in addition to those of a request: the prediction, the confidence, a few late ones. */
const spareColumns = 8;

/** Columns to reserve memory for in total: the first request may be a narrow one. */
const likelyColumns = 256;

/** Share of the memory left for later columns, as long as the present ones can do with the rest. */
const laterPart = 0.75;

/** A column that fewer rows had is a mistake of some client, not a feature. */
const minSeenPart = 0.01;

/**
 * Makes a baseline from live requests, in one pass and in bounded memory. A column keeps its first values; when its
 * memory is full, the edges of its bins are set by them and every further row is counted exactly. Columns that were in
 * less than 1 % of the rows are left out.
 */
export class BaselineLearner {
  readonly #options: LearnerOptions;
  readonly #columns = new Map<string, LearnedColumn>();
  /** Memory that columns of features were given. */
  #givenBytes = 0;
  #lastColumns: Columns | undefined;
  #lastPlan: readonly (LearnedColumn | undefined)[] = [];
  #prediction: LearnedColumn | undefined;
  #confidence: LearnedColumn | undefined;
  #requests = 0;
  #rows = 0;
  #answerRows = 0;
  #droppedColumns = 0;
  #made = 0;

  constructor(options: LearnerOptions) {
    this.#options = options;
  }

  /** Requests that were learned from. */
  get requests(): number {
    return this.#requests;
  }

  /** Rows that were learned from. */
  get rows(): number {
    return this.#rows;
  }

  /** Highest number of columns of one request that were left out because there were too many. */
  get droppedColumns(): number {
    return this.#droppedColumns;
  }

  /** Learns from one request and its answer. */
  add(features: FeatureTable, predictions: Predictions | undefined): void {
    this.#requests++;
    if (features.rowCount > 0) this.#addFeatures(features);
    if (predictions !== undefined) this.#addPredictions(predictions);
  }

  /** The baseline of all that was added. `createdAt` is in RFC 3339. The learner can be used afterwards. */
  finish(createdAt: string, modelName: string): Baseline {
    const steps = this.finishSteps(createdAt, modelName);
    for (;;) {
      const { done, value } = steps.next();
      if (done === true) return value;
    }
  }

  /** The same, a column a step: about 0.2 ms each. Nothing may be added until it is done. */
  *finishSteps(createdAt: string, modelName: string): Generator<undefined, Baseline> {
    const prediction = this.#prediction?.finish(0);
    const confidence = this.#confidence?.finish(0);
    const features: Distribution[] = [];
    for (const column of this.#columns.values()) {
      yield;
      if (column.rowsSeen < minSeenPart * this.#rows) continue;
      features.push(column.finish(this.#rows));
    }
    return {
      format: "outrider-baseline",
      version: baselineFormatVersion,
      createdAt,
      source: { kind: "learned", name: modelName, digest: "", rows: this.#rows > 0 ? this.#rows : this.#answerRows },
      features,
      ...(prediction === undefined ? {} : { prediction }),
      ...(confidence?.kind === "numeric" ? { confidence } : {}),
    };
  }

  #addFeatures({ columns, cells, rowCount }: FeatureTable): void {
    const plan = this.#planFor(columns);
    const width = plan.length;
    for (let index = 0; index < width; index++) {
      const column = plan[index];
      if (column === undefined) continue;
      for (let row = 0; row < rowCount; row++) column.add(cells[row * width + index]);
    }
    this.#rows += rowCount;
  }

  #addPredictions(predictions: Predictions): void {
    this.#answerRows += predictions.rowCount;
    this.#prediction ??= this.#newColumn("prediction", { wanted: "auto", isTarget: true, bytes: this.#shareOf(1) });
    for (let row = 0; row < predictions.rowCount; row++) this.#prediction.add(predictedClass(predictions, row));
    if (predictions.confidences.length === 0) return;
    this.#confidence ??= this.#newColumn("confidence", { wanted: "numeric", isTarget: false, bytes: this.#shareOf(1) });
    for (let row = 0; row < predictions.rowCount; row++) this.#confidence.add(predictions.confidences[row]);
  }

  #planFor(columns: Columns): readonly (LearnedColumn | undefined)[] {
    if (columns === this.#lastColumns) return this.#lastPlan;
    const added = columns.names.reduce((count, name) => count + (this.#columns.has(name) ? 0 : 1), 0);
    const bytes = this.#shareOf(Math.min(added, this.#options.maxColumns - this.#columns.size));
    const plan = columns.names.map((name) => this.#columns.get(name) ?? this.#addColumn(name, bytes));
    this.#droppedColumns = Math.max(this.#droppedColumns, plan.filter((column) => column === undefined).length);
    this.#lastColumns = columns;
    this.#lastPlan = plan;
    return plan;
  }

  #addColumn(name: string, bytes: number): LearnedColumn | undefined {
    const { maxColumns, maxBytes } = this.#options;
    if (this.#columns.size >= maxColumns || this.#givenBytes + bytes > maxBytes) return undefined;
    const column = this.#newColumn(name, { wanted: "auto", isTarget: false, bytes }, this.#rows);
    this.#columns.set(name, column);
    this.#givenBytes += bytes;
    return column;
  }

  #newColumn(name: string, { wanted, isTarget, bytes }: ColumnOptions, rowsBefore = 0): LearnedColumn {
    const patience = this.#nextPatience();
    const profile = new ColumnProfile(name, {
      wanted,
      isTarget,
      isWeighted: false,
      numbers: Math.floor(bytes / 2 / Float64Array.BYTES_PER_ELEMENT),
      // Three quarters to all: the memory of all columns must not be full at the same request either.
      categoryBytes: (bytes / 2) * (0.5 + patience / 2),
      random: this.#options.random,
    });
    return new LearnedColumn(profile, rowsBefore, patience);
  }

  /** Spreads the requests at which columns set their edges: each uses another share of its memory, half to all. */
  #nextPatience(): number {
    this.#made = (this.#made + 1) % columnsApart;
    return 1 - this.#made / (2 * columnsApart);
  }

  /**
   * Memory of each of `added` new columns: as much as leaves most of the memory for later columns, or an even share
   * among all expected ones, whichever is more.
   */
  #shareOf(added: number): number {
    const { maxBytes } = this.#options;
    const left = maxBytes - this.#givenBytes;
    const generous = (left - laterPart * maxBytes) / (added + spareColumns);
    const even = left / (Math.max(added, likelyColumns - this.#columns.size) + spareColumns);
    return Math.max(minColumnBytes, Math.min(maxColumnBytes, Math.floor(Math.max(generous, even))));
  }
}

type ColumnOptions = Pick<ProfileOptions, "wanted" | "isTarget"> & { readonly bytes: number };

class LearnedColumn {
  readonly #profile: ColumnProfile;
  readonly #patience: number;
  #counts: DistributionCounts | undefined;
  #rows: number;
  readonly #rowsBefore: number;

  /** `rowsBefore` rows preceded the column's first value; `patience` is the part of its numbers after which edges are set. */
  constructor(profile: ColumnProfile, rowsBefore: number, patience: number) {
    this.#profile = profile;
    this.#patience = patience;
    this.#rows = rowsBefore;
    this.#rowsBefore = rowsBefore;
    if (rowsBefore > 0) profile.add(undefined, rowsBefore);
  }

  /** Rows that had the column. */
  get rowsSeen(): number {
    return this.#rows - this.#rowsBefore;
  }

  add(cell: Cell): void {
    this.#rows++;
    if (this.#counts !== undefined) {
      this.#counts.add(cell, 1);
      return;
    }
    this.#profile.add(cell, 1);
    if (this.#profile.numbers.isFilled(this.#patience) && this.#profile.kind === "numeric") {
      this.#counts = distributionCounts(this.#profile, true);
    }
  }

  /** The distribution of `rows` rows: those that did not have the column are missing. */
  finish(rows: number): Distribution {
    const distribution = (this.#counts ?? distributionCounts(this.#profile, true)).finish();
    const absent = Math.max(0, rows - this.#rows);
    return absent === 0 ? distribution : { ...distribution, missing: distribution.missing + absent };
  }
}
