/** Predictions that wait for their labels, in bounded memory. */
import { hashIdentity, IdentityIndex, type IdentityHash } from "./identity-index.ts";
import type { AnswerValue } from "../answer-value.ts";
import type { Score, ScoredPrediction } from "../scoring.ts";

/** Bounds of a {@link PredictionStore}. */
export interface PredictionStoreOptions {
  /** Maximum number of rows held; the oldest are dropped for new ones. */
  readonly capacity: number;
  /** Time that a row is held, milliseconds. */
  readonly ttlMs: number;
}

/** The rows of one identity: a request, or one row of it that has its own identity. */
export interface PredictionBlock {
  readonly id: string;
  /** Number of the model, below 65,536, assigned by the caller. */
  readonly series: number;
  /** Wall time of the prediction, milliseconds since the epoch. */
  readonly atMs: number;
  readonly rows: readonly ScoredPrediction[];
}

/** A row that waits for its label, or for a correction of it. */
export interface WaitingPrediction {
  /** Where it is held, for {@link PredictionStore.keepLabel}; valid until the next row is added or dropped. */
  readonly slot: number;
  readonly series: number;
  readonly atMs: number;
  /** Undefined when the model gave no value that a label can be compared with. */
  readonly value: AnswerValue | undefined;
  readonly score: Score;
  /** Fingerprint of its label; -1 before the label arrives. */
  readonly label: number;
}

/** Rows dropped in one call, rounded up to whole requests: half a millisecond. */
const maxExpired = 2000;

const noPrediction: ScoredPrediction = { value: undefined, score: { kind: "none" } };

const ScoreKind = { none: 0, positive: 1, confidence: 2 } as const;

/**
 * A ring of rows in the order of their arrival, with an index by identity. 63 bytes a row and 32 to 56 for each
 * identity, in arrays of numbers: nothing for the garbage collector to visit, except classes that are words. Until the
 * ring fills, only the used pages are resident.
 */
export class PredictionStore {
  /** Rows dropped without a label: past their time, or for newer rows (or a request had more rows than the store). */
  expired = 0;
  evicted = 0;
  /** Rows not kept because their identity is in the store: the first prediction of an identity counts. */
  repeated = 0;
  /** Rows held that have no label yet. */
  awaiting = 0;
  readonly #options: PredictionStoreOptions;
  readonly #onDropped: (id: IdentityHash) => void;
  /** Where the block of an identity begins. */
  readonly #slotOf: IdentityIndex;
  /** Hashes of identities at the first row of each block. */
  readonly #highs: Uint32Array;
  readonly #lows: Uint32Array;
  /** Where a block begins: how many rows it has. */
  readonly #blockRows: Uint32Array;
  readonly #series: Uint16Array;
  readonly #atMs: Float64Array;
  /** The prediction if it is a number, else NaN and its text. */
  readonly #numbers: Float64Array;
  readonly #texts: (string | undefined)[] = [];
  readonly #scoreKinds: Uint8Array;
  readonly #scores: Float64Array;
  readonly #positives: (string | undefined)[] = [];
  readonly #labels: Float64Array;
  #head = 0;
  #size = 0;

  /** `onDropped` is called with each identity that is dropped. */
  constructor(options: PredictionStoreOptions, onDropped: (id: IdentityHash) => void) {
    const { capacity } = options;
    this.#options = options;
    this.#onDropped = onDropped;
    this.#slotOf = new IdentityIndex(capacity);
    this.#highs = new Uint32Array(capacity);
    this.#lows = new Uint32Array(capacity);
    this.#blockRows = new Uint32Array(capacity);
    this.#series = new Uint16Array(capacity);
    this.#atMs = new Float64Array(capacity);
    this.#numbers = new Float64Array(capacity);
    this.#scoreKinds = new Uint8Array(capacity);
    this.#scores = new Float64Array(capacity);
    this.#labels = new Float64Array(capacity);
  }

  /** Rows held, labelled or not. */
  get size(): number {
    return this.#size;
  }

  /** True when rows of this identity are held. */
  has(id: string): boolean {
    return this.#slotOf.get(hashIdentity(id)) >= 0;
  }

  /** Keeps the rows; false when the identity is held already or there are more rows than may be held. */
  add(block: PredictionBlock): boolean {
    const { capacity } = this.#options;
    const { rows } = block;
    const id = hashIdentity(block.id);
    if (this.#slotOf.get(id) >= 0) {
      this.repeated += rows.length;
      return false;
    }
    if (rows.length > capacity) {
      this.evicted += rows.length;
      return false;
    }
    if (rows.length === 0) return false;
    while (capacity - this.#size < rows.length) this.evicted += this.#dropOldest();
    const first = (this.#head + this.#size) % capacity;
    this.#slotOf.set(id, first);
    this.#highs[first] = id.high;
    this.#lows[first] = id.low;
    for (let row = 0; row < rows.length; row++) {
      this.#write((first + row) % capacity, block, rows[row] ?? noPrediction);
    }
    this.#blockRows[first] = rows.length;
    this.#size += rows.length;
    this.awaiting += rows.length;
    return true;
  }

  /** The row of an identity, or undefined. Three look-ups. */
  find(id: string, row: number): WaitingPrediction | undefined {
    const first = this.#slotOf.get(hashIdentity(id));
    if (first < 0 || row >= this.#blockRows[first]!) return undefined;
    const slot = (first + row) % this.#options.capacity;
    const number = this.#numbers[slot]!;
    return {
      slot,
      series: this.#series[slot]!,
      atMs: this.#atMs[slot]!,
      value: Number.isNaN(number) ? this.#texts[slot] : number,
      score: this.#scoreAt(slot),
      label: this.#labels[slot]!,
    };
  }

  /** Remembers the fingerprint of a row's label, so that the same label is recognized when it is sent again. */
  keepLabel(slot: number, fingerprint: number): void {
    if (this.#labels[slot] === -1) this.awaiting--;
    this.#labels[slot] = fingerprint;
  }

  /**
   * Drops rows past their time: at most some thousand a call. Rows that arrived late
   * in time are dropped with those before them.
   */
  expire(nowMs: number): void {
    const sizeBefore = this.#size;
    while (this.#size > 0 && nowMs - this.#atMs[this.#head]! >= this.#options.ttlMs) {
      this.expired += this.#dropOldest();
      if (sizeBefore - this.#size >= maxExpired) return;
    }
  }

  /** Drops the oldest block; returns the number of its rows without a label. */
  #dropOldest(): number {
    const { capacity } = this.#options;
    const id = { high: this.#highs[this.#head]!, low: this.#lows[this.#head]! };
    const rows = this.#blockRows[this.#head]!;
    let unlabelled = 0;
    for (let row = 0; row < rows; row++) {
      const slot = (this.#head + row) % capacity;
      if (this.#labels[slot] === -1) unlabelled++;
      this.#texts[slot] = undefined;
      this.#positives[slot] = undefined;
    }
    this.#head = (this.#head + rows) % capacity;
    this.#size -= rows;
    this.awaiting -= unlabelled;
    this.#slotOf.delete(id);
    this.#onDropped(id);
    return unlabelled;
  }

  #write(slot: number, { series, atMs }: PredictionBlock, { value, score }: ScoredPrediction): void {
    this.#series[slot] = series;
    this.#atMs[slot] = atMs;
    this.#numbers[slot] = typeof value === "number" ? value : Number.NaN;
    this.#texts[slot] = typeof value === "string" ? value : undefined;
    this.#scoreKinds[slot] = ScoreKind[score.kind];
    this.#scores[slot] = score.kind === "none" ? 0 : score.probability;
    this.#positives[slot] = score.kind === "positive" ? score.positive : undefined;
    this.#labels[slot] = -1;
  }

  #scoreAt(slot: number): Score {
    const probability = this.#scores[slot]!;
    const kind = this.#scoreKinds[slot];
    if (kind === ScoreKind.confidence) return { kind: "confidence", probability };
    if (kind === ScoreKind.positive) return { kind: "positive", probability, positive: this.#positives[slot] ?? "" };
    return { kind: "none" };
  }
}
