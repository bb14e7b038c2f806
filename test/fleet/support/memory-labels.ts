import {
  isLabelItem,
  type LabelItem,
  type LabelPage,
  type ReceivedLabel,
  stateLimits,
} from "../../../src/fleet/store.ts";

interface Entry {
  readonly ms: number;
  readonly number: number;
  readonly label: ReceivedLabel;
}

/** A bounded stream of labels in memory, with ids as in Redis: `<milliseconds>-<number>`, ascending. */
export class MemoryLabels {
  readonly #entries: Entry[] = [];
  #added = 0;
  #lastMs = 0;
  #lastNumber = 0;

  /** Gives how many were taken. */
  append(from: string, items: readonly LabelItem[], wallMs: number): number {
    const taken = items.slice(0, stateLimits.labelsPerCall).filter(isLabelItem);
    for (const item of taken) this.#entries.push({ ...this.#nextId(wallMs), label: { ...item, from } });
    this.#added += taken.length;
    // Not one by one: moving a hundred thousand entries costs.
    const surplus = this.#entries.length - stateLimits.streamLabels;
    if (surplus > stateLimits.streamLabels / 10) this.#entries.splice(0, surplus);
    return taken.length;
  }

  /** What came after an id. */
  read(afterId: string): LabelPage {
    const [afterMs = 0, afterNumber = 0] = afterId.split("-").map(Number);
    const start = this.#entries.findIndex(({ ms, number }) => ms > afterMs || (ms === afterMs && number > afterNumber));
    const found = start < 0 ? [] : this.#entries.slice(start, start + stateLimits.labelsPerCall);
    const last = found.at(-1);
    return {
      items: found.map(({ label }) => label),
      lastId: last === undefined ? afterId : `${last.ms}-${last.number}`,
      entries: found.length,
      malformed: 0,
      addedTotal: this.#added,
      isAtEnd: found.length < stateLimits.labelsPerCall,
    };
  }

  #nextId(wallMs: number): { readonly ms: number; readonly number: number } {
    const ms = Math.max(this.#lastMs, Math.floor(wallMs));
    this.#lastNumber = ms === this.#lastMs ? this.#lastNumber + 1 : 0;
    this.#lastMs = ms;
    return { ms, number: this.#lastNumber };
  }
}
