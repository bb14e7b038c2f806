/** How far the entries of a stream have come, from one attempt to deliver a batch to the next. */
import type { EntryDropReason } from "../../prediction-log/destination.ts";
import type { LogEntry } from "../../prediction-log/log-entry.ts";
import type { Refusals } from "./refusal-text.ts";

/** What is remembered of one stream until a delivery is done. */
export class StreamProgress {
  /** Attempts in a row that came to nothing because of a rate, or because the stream may not be made. */
  rateTries = 0;
  limitTries = 0;
  /** What Loki said of the first ones that it refused. */
  detail = "";
  #settled = 0;
  #firstNs = "";
  #lastNs = "";
  #refused: Map<EntryDropReason, number> = new Map();

  /** Entries from the first one on that are over with. */
  get settled(): number {
    return this.#settled;
  }

  /** Those of the settled that were refused. */
  get refused(): Refusals {
    return this.#refused;
  }

  /** Another attempt begins with `group`. When it does not begin as the last one did, none of it counts as settled. */
  resume(group: readonly LogEntry[]): void {
    const isSame = group[0]?.timeNs === this.#firstNs && group[this.#settled - 1]?.timeNs === this.#lastNs;
    if (isSame || this.#settled === 0) return;
    this.#settled = 0;
    this.#refused = new Map();
    this.detail = "";
  }

  /** The next `count` of `group` are over with, and `refused` of them were turned down. */
  settle(group: readonly LogEntry[], count: number, refused: Refusals): void {
    this.#settled += count;
    this.#firstNs = group[0]?.timeNs ?? "";
    this.#lastNs = group[this.#settled - 1]?.timeNs ?? "";
    this.rateTries = 0;
    mergeInto(this.#refused, refused);
  }
}

/** Adds counts. */
export function mergeInto(counts: Map<EntryDropReason, number>, more: Refusals): void {
  for (const [reason, count] of more) counts.set(reason, (counts.get(reason) ?? 0) + count);
}
