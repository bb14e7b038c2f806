import { categoryOf } from "../../payload/table/category.ts";
import type { Cell } from "../../payload/body-content.ts";

/** Classes that are kept to be named. */
const maxClasses = 10;

/** Longest text of a value that is kept, in characters. */
const maxExampleLength = 40;

/** What the columns with a role hold, as far as it tells whether they can have that role. Bounded memory. */
export class RoleValues {
  readonly #positive: string;
  readonly #classes = new Set<string>();
  #hasMoreClasses = false;
  #hasPositive = false;
  #scores = 0;
  #wrongScore = "";

  /** `positive` is the class whose probability the score is; empty when it is none. */
  constructor(positive: string) {
    this.#positive = positive;
  }

  /** False when there was a prediction or a label, and none of them was the positive class. */
  get hasPositive(): boolean {
    return this.#hasPositive || this.#positive === "" || this.#classes.size === 0;
  }

  /** The first classes seen that are not the positive one, cut. */
  get classes(): readonly string[] {
    return [...this.#classes];
  }

  /** True when there were more than {@link classes} has. */
  get hasMoreClasses(): boolean {
    return this.#hasMoreClasses;
  }

  /** Scores that were numbers from 0 to 1. */
  get scores(): number {
    return this.#scores;
  }

  /** The first score that was none, cut; empty when each was one or missing. */
  get wrongScore(): string {
    return this.#wrongScore;
  }

  /** Takes a prediction or a label. */
  addClass(cell: Cell): void {
    if (this.#hasPositive || this.#positive === "" || isMissing(cell)) return;
    const word = categoryOf(cell);
    if (word === this.#positive) this.#hasPositive = true;
    else if (this.#classes.size < maxClasses) this.#classes.add(word.slice(0, maxExampleLength));
    else this.#hasMoreClasses ||= !this.#classes.has(word.slice(0, maxExampleLength));
  }

  /** Takes a score. */
  addScore(cell: Cell): void {
    if (isMissing(cell)) return;
    if (typeof cell === "number" && cell >= 0 && cell <= 1) this.#scores++;
    else if (this.#wrongScore === "") this.#wrongScore = categoryOf(cell).slice(0, maxExampleLength);
  }
}

function isMissing(cell: Cell): cell is null | undefined {
  return cell === null || cell === undefined || Number.isNaN(cell);
}
