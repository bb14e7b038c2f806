/**
 * The sums of one window of predictions and their labels. Everything is a sum, so that windows and replicas merge by
 * addition.
 */
import { ClassTable, isClassName, maxClasses } from "./class-table.ts";
import { delayBinCount } from "./label-delay.ts";
import { scoreBinCount } from "./score-bins.ts";

/** Bins of the chance that a prediction is right, even over 0 to 1. */
export const calibrationBinCount = 10;

/** Names of the sums. */
const countNames = [
  /** Rows predicted. */
  "predictions",
  /** Rows that have a label. */
  "labels",
  /** Labelled rows where neither side is a number with a fraction, and those where both name the same class. */
  "class_rows",
  "right",
  /** Predictions and labels that are numbers with a fraction. */
  "measures",
  /** Labelled rows where both sides are numbers, Σ|prediction − label| and Σ(prediction − label)². */
  "numeric_rows",
  "absolute_error",
  "squared_error",
  /** Labelled rows with a probability of the positive class, and the sums for Brier score and log loss. */
  "scored_rows",
  "brier",
  "log_loss",
  /** Predicted rows with a known chance to be right, those of them without a calibration map, and Σ of that chance. */
  "estimated_rows",
  "uncalibrated_rows",
  "expected_right",
  /** The expected confusion matrix of those with a probability of the positive class. */
  "expected_true_positives",
  "expected_false_positives",
  "expected_false_negatives",
  "expected_true_negatives",
  /** By the chance to be right: labelled rows, Σ of that chance, and rows that were right. */
  "calibration_rows",
  "calibration_chance",
  "calibration_right",
  /** Labelled rows by the time from prediction to label. */
  "delay",
  /**
   * By the probability of the positive class: labelled rows that were positive and negative, and what is expected of
   * all.
   */
  "positive_scores",
  "negative_scores",
  "expected_positives",
  "expected_negatives",
] as const;

/** Name of a sum, or of a row of sums. */
export type CountName = (typeof countNames)[number];

/** Number of sums of the names that have more than one. */
const rowSizes: Partial<Record<CountName, number>> = {
  calibration_rows: calibrationBinCount,
  calibration_chance: calibrationBinCount,
  calibration_right: calibrationBinCount,
  delay: delayBinCount,
  positive_scores: scoreBinCount,
  negative_scores: scoreBinCount,
  expected_positives: scoreBinCount,
  expected_negatives: scoreBinCount,
};

const sizeOf = (name: CountName): number => rowSizes[name] ?? 1;

const offsets = new Map<string, number>();
let length = 0;
for (const name of countNames) {
  offsets.set(name, length);
  length += sizeOf(name);
}

/** Where the score bins begin, which only models with probabilities have. */
const binsAt = offsets.get("positive_scores") ?? length;
const noBins = new Float64Array(length - binsAt);

/** Positive classes remembered; more than one only when a model is exchanged under its name. */
const maxPositives = 8;

/**
 * The sums of one window: 1.2 KB, with probabilities 33 KB more, and 40 bytes for each pair of classes seen (at most
 * 51 × 51).
 */
export class AccuracyCounts {
  /** Grows with every change, so that an unchanged window need not be written again. */
  revision = 0;
  readonly #classes: ClassTable;
  readonly #sums = new Float64Array(binsAt);
  #bins: Float64Array | undefined;
  /** Rows by `actual × (maxClasses + 1) + predicted`. */
  readonly #confusion = new Map<number, number>();
  readonly #positives = new Map<string, number>();

  /** Windows of one model share a table of classes. */
  constructor(classes: ClassTable = new ClassTable()) {
    this.#classes = classes;
  }

  add(name: CountName, amount = 1, index = 0): void {
    this.#addAt((offsets.get(name) ?? 0) + index, amount);
  }

  /** A sum, the first of several. */
  get(name: CountName): number {
    return this.all(name)[0]!;
  }

  /** All sums of a name. Not to be written to. */
  all(name: CountName): Float64Array {
    const at = offsets.get(name) ?? 0;
    if (at < binsAt) return this.#sums.subarray(at, at + sizeOf(name));
    return (this.#bins ?? noBins).subarray(at - binsAt, at - binsAt + sizeOf(name));
  }

  /** Counts a labelled row by its two classes. */
  addPair(actual: string, predicted: string, rows = 1): void {
    const row = this.#classes.indexOf(actual);
    addTo(this.#confusion, row * (maxClasses + 1) + this.#classes.indexOf(predicted), rows);
    this.revision++;
  }

  /** Labelled rows by their two classes. */
  *pairs(): Generator<{ readonly actual: string; readonly predicted: string; readonly rows: number }> {
    for (const [key, rows] of this.#confusion) {
      const column = key % (maxClasses + 1);
      const actual = this.#classes.nameOf((key - column) / (maxClasses + 1));
      yield { actual, predicted: this.#classes.nameOf(column), rows };
    }
  }

  /** Counts a row whose probability is that of this class. */
  addPositive(name: string, rows = 1): void {
    const isKnown = this.#positives.has(name);
    if (!isKnown && (this.#positives.size === maxPositives || !isClassName(name))) return;
    addTo(this.#positives, name, rows);
    this.revision++;
  }

  /** The class that most probabilities were of; empty when there were none. */
  positive(): string {
    let most = 0;
    let found = "";
    for (const [name, rows] of this.#positives) {
      if (rows > most || (rows === most && name > found)) [most, found] = [rows, name];
    }
    return found;
  }

  /** Adds all sums of another window or replica. */
  merge(other: AccuracyCounts): void {
    addAll(this.#sums, other.#sums);
    if (other.#bins !== undefined) addAll((this.#bins ??= new Float64Array(length - binsAt)), other.#bins);
    this.revision += other.revision;
    for (const { actual, predicted, rows } of other.pairs()) this.addPair(actual, predicted, rows);
    for (const [name, rows] of other.#positives) this.addPositive(name, rows);
  }

  /**
   * The sums by name, without those that are 0; `delay:17` is the 18th of several. Values are finite and not below 0.
   */
  toFields(): ReadonlyMap<string, number> {
    const fields = new Map<string, number>();
    for (const name of countNames) {
      const sums = this.all(name);
      for (let i = 0; i < sums.length; i++) {
        const sum = sums[i]!;
        if (sum !== 0) fields.set(sums.length === 1 ? name : `${name}:${i}`, sum);
      }
    }
    for (const { actual, predicted, rows } of this.pairs())
      fields.set(`pair:${JSON.stringify([actual, predicted])}`, rows);
    for (const [name, rows] of this.#positives) fields.set(`positive:${JSON.stringify([name])}`, rows);
    return fields;
  }

  /** Adds fields that {@link toFields} made here or elsewhere; unknown names and invalid numbers are ignored. */
  addFields(fields: Iterable<readonly [string, number]>): void {
    for (const [field, value] of fields) {
      if (value > 0 && Number.isFinite(value)) this.#addField(field, value);
    }
  }

  #addField(field: string, value: number): void {
    const [name, rest] = splitOnce(field);
    const [first, second] = name === "pair" || name === "positive" ? readNames(rest) : [];
    if (name === "pair" && first !== undefined && second !== undefined) this.addPair(first, second, value);
    else if (name === "positive" && first !== undefined) this.addPositive(first, value);
    else if (isCountName(name)) {
      const index = Number(rest);
      if (Number.isInteger(index) && index >= 0 && index < sizeOf(name)) this.add(name, value, index);
    }
  }

  #addAt(place: number, amount: number): void {
    if (amount === 0) return;
    this.revision++;
    if (place < binsAt) {
      this.#sums[place]! += amount;
      return;
    }
    this.#bins ??= new Float64Array(length - binsAt);
    this.#bins[place - binsAt]! += amount;
  }
}

const isCountName = (name: string): name is CountName => offsets.has(name);

/** A separate loop, for speed: a total of a day is 100,000 additions. */
function addAll(into: Float64Array, from: Float64Array): void {
  for (let i = 0; i < into.length; i++) into[i]! += from[i]!;
}

function addTo<Key>(map: Map<Key, number>, key: Key, amount: number): void {
  map.set(key, (map.get(key) ?? 0) + amount);
}

function splitOnce(field: string): readonly [string, string] {
  const colon = field.indexOf(":");
  return colon === -1 ? [field, ""] : [field.slice(0, colon), field.slice(colon + 1)];
}

function readNames(text: string): readonly string[] {
  try {
    const names: unknown = JSON.parse(text);
    return Array.isArray(names) && names.every((name) => typeof name === "string") ? names : [];
  } catch {
    return [];
  }
}
