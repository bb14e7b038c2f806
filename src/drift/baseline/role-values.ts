import { categoryOf } from "../../payload/table/category.ts";
import type { Cell } from "../../payload/reading.ts";

/** Classes that are kept to be named. */
const maxClasses = 10;

/** Longest text of a value that is kept, in characters. */
const maxExampleLength = 40;

/** Values of the columns with a role, to check that the role fits them. Bounded memory. */
export class RoleValues {
  readonly #positive: string;
  readonly #classes = new Set<string>();
  #hasMoreClasses = false;
  #hasPositive = false;
  #scores = 0;
  #wrongScore = "";

  /** `positive` is the class whose probability the score is; empty when the score is a confidence. */
  constructor(positive: string) {
    this.#positive = positive;
  }

  /** False when there were predictions or labels but none was the positive class. */
  get hasPositive(): boolean {
    return this.#hasPositive || this.#positive === "" || this.#classes.size === 0;
  }

  /** The first classes seen besides the positive one, truncated. */
  get classes(): readonly string[] {
    return [...this.#classes];
  }

  /** True when there were more classes than {@link classes} lists. */
  get hasMoreClasses(): boolean {
    return this.#hasMoreClasses;
  }

  /** Number of valid scores: numbers from 0 to 1. */
  get scores(): number {
    return this.#scores;
  }

  /** The first invalid score, truncated; empty when every score was valid or missing. */
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
