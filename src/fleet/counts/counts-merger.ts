import { type Counts, type MergedCounts, type Part, stateLimits } from "../store.ts";

/** Adds up the counts of replicas, one after the other in order of replica id. */
export class CountsMerger {
  readonly #parts: Part[] = [];
  #dense: Float64Array | undefined;
  #named: Map<string, number> | undefined;
  #unreadable = 0;
  #namesDropped = 0;

  /**
   * Adds one replica's counts; undefined for counts that could not be decoded. Counts of another shape than the first
   * (names instead of cells, another number of cells) are left out and counted as unreadable.
   */
  add(part: Part, counts: Counts | undefined): void {
    const isAdded = counts instanceof Float64Array ? this.#addDense(counts) : counts && this.#addNamed(counts);
    if (isAdded === true) this.#parts.push(part);
    else this.#unreadable++;
  }

  result(): MergedCounts {
    return {
      counts: this.#dense ?? this.#named,
      parts: this.#parts,
      unreadable: this.#unreadable,
      namesDropped: this.#namesDropped,
    };
  }

  #addDense(counts: Float64Array): boolean {
    if (this.#named !== undefined) return false;
    const sum = (this.#dense ??= new Float64Array(counts.length));
    if (sum.length !== counts.length) return false;
    for (let cell = 0; cell < sum.length; cell++) sum[cell] = (sum[cell] ?? 0) + (counts[cell] ?? 0);
    return true;
  }

  #addNamed(counts: ReadonlyMap<string, number>): boolean {
    if (this.#dense !== undefined) return false;
    const sum = (this.#named ??= new Map<string, number>());
    for (const [name, count] of counts) {
      const before = sum.get(name);
      if (before !== undefined || sum.size < stateLimits.names) sum.set(name, (before ?? 0) + count);
      else this.#namesDropped++;
    }
    return true;
  }
}
