/** Counts by names that come from a model: classes, finish reasons. */
import type { Cell } from "../../payload/body-content.ts";
import { cleanLabelName } from "../../text/label-name.ts";
import { collectedNames } from "../model-labels.ts";

type Name = NonNullable<Cell>;

/** One name of {@link NamedCounts} with its count since the start. */
export interface NamedCount {
  readonly name: string;
  readonly count: number;
}

/**
 * Counts the first `maxNames` different names; further ones are `__other__`. Numbers, words and booleans with the
 * same spelling are one name.
 */
export class NamedCounts {
  readonly #maxNames: number;
  readonly #names: string[] = [];
  readonly #counts: Float64Array;
  /** Places of raw names that were counted; the place of `__other__` is not remembered. */
  readonly #places = new Map<Name, number>();
  #lastName: Name = "";
  #lastPlace = -1;

  constructor(maxNames: number) {
    this.#maxNames = maxNames;
    this.#counts = new Float64Array(maxNames + 1);
  }

  /** True when a new name would be counted as `__other__`. */
  get isFull(): boolean {
    return this.#names.length === this.#maxNames;
  }

  /** True when the name has its own count; false when it is counted as `other`. */
  has(name: Name): boolean {
    return this.#places.has(name) || this.#names.includes(labelOf(name));
  }

  /** Counts a name, `times` over. 2 ns for the same name as last time, 15 ns for another known one. */
  add(name: Name, times = 1): void {
    if (name !== this.#lastName || this.#lastPlace === -1) {
      this.#lastPlace = this.#places.get(name) ?? this.#place(name);
      this.#lastName = name;
    }
    this.#counts[this.#lastPlace]! += times;
  }

  /** In order of coming, `__other__` last if there is any. */
  read(): readonly NamedCount[] {
    const counted = this.#names.map((name, place) => ({ name, count: this.#counts[place]! }));
    const others = this.#counts[this.#maxNames]!;
    return others === 0 ? counted : [...counted, { name: collectedNames.other, count: others }];
  }

  #place(name: Name): number {
    const label = labelOf(name);
    if (label === collectedNames.other) return this.#maxNames;
    let place = this.#names.indexOf(label);
    if (place === -1) {
      if (this.isFull) return this.#maxNames;
      place = this.#names.push(label) - 1;
    }
    // Long words may be one name after they are cut: the remembered words need their own bound.
    if (this.#places.size < 4 * this.#maxNames) this.#places.set(name, place);
    return place;
  }
}

const labelOf = (name: Name): string => (typeof name === "string" ? cleanLabelName(name) : String(name));
