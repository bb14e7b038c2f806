/** Labels that arrived before their prediction was read. They wait for it, bounded in time and number. */
import type { LabelInput } from "../labels/label-input.ts";

/** A label that waits for its prediction. */
export interface EarlyLabel {
  readonly input: LabelInput;
  /** When it arrived, milliseconds since the epoch. */
  readonly cameAtMs: number;
  readonly fingerprint: number;
  /** True when it counts as unknown if its prediction never arrives. */
  readonly isOurs: boolean;
}

/** Bounds of {@link EarlyLabels}. */
export interface EarlyLabelsOptions {
  /** At least 1. */
  readonly capacity: number;
  readonly ttlMs: number;
}

const noLabels: readonly EarlyLabel[] = [];

/** Labels by identity and row, oldest identity first. */
export class EarlyLabels {
  readonly #options: EarlyLabelsOptions;
  readonly #byId = new Map<string, Map<number, EarlyLabel>>();
  readonly #onLost: (label: EarlyLabel) => void;
  #size = 0;

  /** `onLost` is called with each label that is dropped: it waited too long, or newer ones needed the room. */
  constructor(options: EarlyLabelsOptions, onLost: (label: EarlyLabel) => void) {
    this.#options = options;
    this.#onLost = onLost;
  }

  /** Labels that wait. */
  get size(): number {
    return this.#size;
  }

  /** The label that waits for this row, or undefined. */
  find(id: string, row: number): EarlyLabel | undefined {
    return this.#byId.get(id)?.get(row);
  }

  /** Keeps a label. No other may wait for the same row. The oldest are dropped for it when the store is full. */
  add(label: EarlyLabel): void {
    const { id, row } = label.input;
    while (this.#size >= this.#options.capacity) this.#dropOldest();
    const rows = this.#byId.get(id) ?? new Map<number, EarlyLabel>();
    this.#byId.set(id, rows.set(row, label));
    this.#size++;
  }

  /** Takes out all labels of an identity. */
  take(id: string): readonly EarlyLabel[] {
    // Called for every prediction, and usually no label waits: then the id is not even hashed.
    if (this.#size === 0) return noLabels;
    const rows = this.#byId.get(id);
    if (rows === undefined) return noLabels;
    this.#byId.delete(id);
    this.#size -= rows.size;
    return [...rows.values()];
  }

  /** Drops labels past `ttlMs`: all labels of an identity expire with its first. */
  expire(nowMs: number): void {
    if (this.#size === 0) return;
    for (const rows of this.#byId.values()) {
      const [first] = rows.values();
      if (first !== undefined && nowMs - first.cameAtMs < this.#options.ttlMs) return;
      this.#dropOldest();
    }
  }

  #dropOldest(): void {
    const [oldest] = this.#byId.keys();
    if (oldest === undefined) return;
    for (const label of this.take(oldest)) this.#onLost(label);
  }
}
