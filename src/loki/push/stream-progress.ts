/** Remembers the settled entries of a stream between the attempts to deliver a batch. */
import type { EntryDropReason } from "../../prediction-log/destination.ts";
import type { LogEntry } from "../../prediction-log/log-entry.ts";
import type { Refusals } from "./refusal-text.ts";

/** Progress of one stream until its batch is done. */
export class StreamProgress {
  /** Consecutive attempts that failed because of a rate limit, and because of the limit of streams. */
  rateTries = 0;
  limitTries = 0;
  /** Loki's words about the first refused entries. */
  detail = "";
  #settled = 0;
  #firstNs = "";
  #lastNs = "";
  #refused: Map<EntryDropReason, number> = new Map();

  /** Number of settled entries, counted from the first one. */
  get settled(): number {
    return this.#settled;
  }

  /** Settled entries that were refused. */
  get refused(): Refusals {
    return this.#refused;
  }

  /** Starts an attempt for `group`. If its first entries are not those of the last attempt, progress starts over. */
  resume(group: readonly LogEntry[]): void {
    const isSame = group[0]?.timeNs === this.#firstNs && group[this.#settled - 1]?.timeNs === this.#lastNs;
    if (isSame || this.#settled === 0) return;
    this.#settled = 0;
    this.#refused = new Map();
    this.detail = "";
  }

  /** The next `count` entries of `group` are settled: all but `refused` are stored. */
  settle(group: readonly LogEntry[], count: number, refused: Refusals): void {
    this.#settled += count;
    this.#firstNs = group[0]?.timeNs ?? "";
    this.#lastNs = group[this.#settled - 1]?.timeNs ?? "";
    this.rateTries = 0;
    mergeInto(this.#refused, refused);
  }
}

/** Adds the counts of `more` to `counts`. */
export function mergeInto(counts: Map<EntryDropReason, number>, more: Refusals): void {
  for (const [reason, count] of more) counts.set(reason, (counts.get(reason) ?? 0) + count);
}
