/** Counts the features of requests and the predictions of responses into a window. */
import { categoryOf } from "../../payload/table/category.ts";
import { predictedClass } from "../../payload/table/predicted-class.ts";
import type { Cell, FeatureTable, Predictions } from "../../payload/reading.ts";
import { categoricalExtraCells, numericExtraCells } from "../baseline/baseline.ts";
import { BinFinder, type CellRun } from "./bin-finder.ts";
import { CategoryFinder } from "./category-finder.ts";
import { noteNames, type CellLayout, type Target } from "./cell-layout.ts";
import { ColumnPlans, type ColumnPlan } from "./column-plan.ts";
import { addRequest, type WindowCounts } from "./window-counts.ts";

/** Buffer for the numbers of a tensor as doubles, a block at a time. Its content does not outlive a call. */
const scratch = new Float64Array(16_384);

const absentNote = noteNames.indexOf("absent");
const foreignNote = noteNames.indexOf("foreign");
const booleanNote = noteNames.indexOf("boolean");

/** Arrays that hold nothing but numbers. */
type NumberArray =
  | Float64Array
  | Float32Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/**
 * Counts tables and predictions in the layout of one baseline. Never throws, whatever the tables hold: cells that a
 * too short table lacks count as missing. 500 numbers of a JSON row take about 4 µs, a tensor of 100 × 500 about 120
 * µs.
 */
export class TableCounter {
  readonly #layout: CellLayout;
  readonly #plans: ColumnPlans;
  readonly #categories: CategoryFinder;
  readonly #isNumeric: Uint8Array;
  readonly #run: CellRun = { start: 0, stride: 1, count: 0 };
  #doubles: BinFinder | undefined;
  #singles: BinFinder | undefined;
  readonly #prediction: number;
  readonly #confidence: number;

  constructor(layout: CellLayout) {
    this.#layout = layout;
    this.#plans = new ColumnPlans(layout);
    this.#categories = new CategoryFinder(layout);
    this.#isNumeric = Uint8Array.from(layout.targets, ({ distribution }) => (distribution.kind === "numeric" ? 1 : 0));
    this.#prediction = layout.targets.findIndex(({ kind }) => kind === "prediction");
    this.#confidence = layout.targets.findIndex(({ kind }) => kind === "confidence");
  }

  /** Bytes of the tables that find bins. */
  get byteLength(): number {
    return this.#isNumeric.byteLength + (this.#doubles?.byteLength ?? 0) + (this.#singles?.byteLength ?? 0);
  }

  /** Counts the rows of one request. A table without rows is not counted. */
  countFeatures(table: FeatureTable, window: WindowCounts): void {
    const { columns, cells, rowCount } = table;
    const width = columns.names.length;
    const rows = rowsOf(rowCount, width === 0 ? rowCount : Math.ceil(cells.length / width));
    if (rows === 0 || this.#layout.features === 0) return;
    const plan = this.#plans.planOf(columns);
    addRequest(this.#layout, "feature", rows, window.vector);
    this.#countAbsent(plan, rows, window);
    // Without columns there are no cells, however many rows the table declares.
    if (width === 0) return;
    if (isNumberArray(cells) && width <= scratch.length && cells.length >= rows * width) {
      this.#countTensor(cells, rows, plan, window);
    } else {
      this.#countCells(table, rows, plan, window);
    }
  }

  /** Counts the predictions and the confidences of one response, each if there are any. */
  countPredictions(predictions: Predictions, window: WindowCounts): void {
    const { values, confidences, rowCount } = predictions;
    const rows = rowsOf(rowCount, Math.max(values.length, confidences.length));
    if (rows === 0) return;
    if (this.#prediction >= 0 && namesAny(predictions, rows)) {
      addRequest(this.#layout, "prediction", rows, window.vector);
      const isSingle = values instanceof Float32Array;
      for (let row = 0; row < rows; row++) {
        this.#countAnswer(predictedClass(predictions, row), isSingle, this.#prediction, window);
      }
    }
    if (this.#confidence >= 0 && confidences.length > 0) {
      addRequest(this.#layout, "confidence", rows, window.vector);
      const isSingle = confidences instanceof Float32Array;
      for (let row = 0; row < rows; row++) this.#countAnswer(confidences[row], isSingle, this.#confidence, window);
    }
  }

  #countAnswer(cell: Cell, isSingle: boolean, target: number, window: WindowCounts): void {
    if (typeof cell === "number" && this.#isNumeric[target] === 1) {
      this.#finder(isSingle).count(cell, target, window.vector);
    } else {
      this.#countCell(cell, target, window);
    }
  }

  #countAbsent({ absent, unknown, droppedUnknown }: ColumnPlan, rows: number, { vector, names }: WindowCounts): void {
    for (const target of absent) {
      const { noteOffset } = this.#targetAt(target);
      const missing = missingCell(this.#targetAt(target));
      vector[missing]! += rows;
      vector[noteOffset + absentNote]! += rows;
    }
    for (const name of unknown) names.addColumn(name, rows);
    if (droppedUnknown > 0) names.dropColumns(droppedUnknown);
  }

  /** Row by row. */
  #countCells({ cells, singles }: FeatureTable, rows: number, { targets }: ColumnPlan, window: WindowCounts): void {
    const { vector } = window;
    const finder = this.#finder(cells instanceof Float32Array);
    const singleFinder = singles === undefined ? finder : this.#finder(true);
    const isNumeric = this.#isNumeric;
    const width = targets.length;
    for (let row = 0, at = 0; row < rows; row++) {
      for (let column = 0; column < width; column++, at++) {
        const target = targets[column]!;
        if (target < 0) continue;
        const cell = cells[at];
        if (typeof cell === "number" && isNumeric[target] === 1) {
          (singles?.[column] === true ? singleFinder : finder).count(cell, target, vector);
        } else {
          this.#countCell(cell, target, window);
        }
      }
    }
  }

  /** Some rows at a time, and these column by column: what belongs to a feature is looked up once for all its rows. */
  #countTensor(cells: NumberArray, rows: number, { targets }: ColumnPlan, window: WindowCounts): void {
    const width = targets.length;
    const rowsAtOnce = Math.max(1, Math.floor(scratch.length / width));
    const finder = this.#finder(cells instanceof Float32Array);
    const run = this.#run;
    run.stride = width;
    for (let row = 0; row < rows; row += rowsAtOnce) {
      run.count = Math.min(rowsAtOnce, rows - row);
      scratch.set(cells.subarray(row * width, (row + run.count) * width));
      for (let column = 0; column < width; column++) {
        const target = targets[column]!;
        if (target < 0) continue;
        run.start = column;
        if (this.#isNumeric[target] === 1) finder.countRun(scratch, run, target, window.vector);
        else this.#countWords(run, target, window);
      }
    }
  }

  #countWords({ start, stride, count }: CellRun, target: number, window: WindowCounts): void {
    for (let index = 0; index < count; index++) this.#countCell(scratch[start + index * stride], target, window);
  }

  /** Counts any cell of any target. */
  #countCell(cell: Cell, target: number, window: WindowCounts): void {
    const { vector } = window;
    if (this.#isNumeric[target] === 1) {
      if (typeof cell === "number") this.#finder(false).count(cell, target, vector);
      else this.#countNoNumber(cell, target, vector);
      return;
    }
    const { noteOffset, name } = this.#targetAt(target);
    if (cell === undefined || cell === null || Number.isNaN(cell)) {
      const missing = missingCell(this.#targetAt(target));
      vector[missing]! += 1;
      return;
    }
    const word = categoryOf(cell);
    if (this.#categories.count(word, target, vector) === "new") window.names.addValue(name, word);
    if (typeof cell === "string") return;
    const note = noteOffset + (typeof cell === "boolean" ? booleanNote : foreignNote);
    vector[note]! += 1;
  }

  /** An integer past 2^53 is an identifier, not an amount: invalid, as in the baseline. */
  #countNoNumber(cell: Exclude<Cell, number>, target: number, vector: Float64Array): void {
    const { offset, distribution, noteOffset } = this.#targetAt(target);
    const extra = offset + distribution.counts.length;
    const isMissing = cell === null || cell === undefined;
    const place = extra + numericExtraCells.indexOf(isMissing ? "missing" : "invalid");
    vector[place]! += 1;
    if (isMissing || typeof cell === "bigint") return;
    const note = noteOffset + (typeof cell === "boolean" ? booleanNote : foreignNote);
    vector[note]! += 1;
  }

  #finder(isSingle: boolean): BinFinder {
    return isSingle
      ? (this.#singles ??= new BinFinder(this.#layout, "single"))
      : (this.#doubles ??= new BinFinder(this.#layout, "double"));
  }

  #targetAt(target: number): Target {
    const found = this.#layout.targets[target];
    if (found === undefined) throw new RangeError(`no target ${target}`);
    return found;
  }
}

/** Place of the cell of rows without a value. */
function missingCell({ offset, distribution }: Target): number {
  const extras: readonly string[] = distribution.kind === "numeric" ? numericExtraCells : categoricalExtraCells;
  return offset + distribution.counts.length + extras.indexOf("missing");
}

/** A table without columns can declare any number of rows. */
const maxRows = 2 ** 31;

/** Rows to count: the declared number, but not more than the table holds. */
function rowsOf(declared: number, held: number): number {
  return declared >= 1 ? Math.floor(Math.min(declared, held, maxRows)) : 0;
}

/** False for answers that neither name a class nor give probabilities of any. */
function namesAny(predictions: Predictions, rows: number): boolean {
  for (let row = 0; row < rows; row++) {
    const named = predictedClass(predictions, row);
    if (named !== null && named !== undefined) return true;
  }
  return false;
}

function isNumberArray(cells: ArrayLike<Cell>): cells is NumberArray {
  return (
    ArrayBuffer.isView(cells) &&
    !(cells instanceof BigInt64Array) &&
    !(cells instanceof BigUint64Array) &&
    !(cells instanceof DataView)
  );
}
