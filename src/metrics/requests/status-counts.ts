/** Requests by outcome and exact status code, in arrays that need no key to be built. */
import { outcomes, type Outcome } from "../../outcome.ts";

/** One pair of outcome and status, as exposed. */
export interface OutcomeStatus {
  readonly outcome: Outcome;
  readonly status: string;
}

const maxPairs = 128;
/** Statuses 0 to 999, and one column for all others. */
const columns = 1001;
const otherColumn = 1000;

/** Pairs that exist from the start, with the statuses that each outcome has most often. */
const usualStatuses: Readonly<Record<Outcome, readonly number[]>> = {
  ok: [200],
  client_error: [400],
  upstream_error: [500, 502],
  client_abort: [0],
  timeout: [504],
  upstream_reset: [502],
  shed: [429, 503],
  denied: [403],
  bad_request: [400],
};

const outcomeRow: Readonly<Record<Outcome, number>> = Object.fromEntries(
  outcomes.map((outcome, row) => [outcome, row]),
) as Record<Outcome, number>;

/** Gives each pair of outcome and status its place, shared by all {@link StatusCounts}. 18 KB. */
export class StatusTable {
  readonly #places = new Int16Array(outcomes.length * columns).fill(-1);
  readonly #pairs: OutcomeStatus[] = [];
  /** How many of the first places exist from the start. */
  readonly usual: number;
  /** Requests whose status was counted as `__other__`. */
  collapsed = 0;
  #lastOutcome: Outcome = "ok";
  #lastStatus = 200;
  #lastPlace: number;

  constructor() {
    for (const outcome of outcomes) for (const status of usualStatuses[outcome]) this.#take(outcome, status);
    this.usual = this.#pairs.length;
    for (const outcome of outcomes) this.#take(outcome, otherColumn);
    this.#lastPlace = this.#places[200]!;
  }

  /** Pairs by place. */
  get pairs(): readonly OutcomeStatus[] {
    return this.#pairs;
  }

  /** The place of a pair, assigned if it is new and there is room. About 2 ns for the same pair as in the last call. */
  place(outcome: Outcome, status: number): number {
    if (outcome === this.#lastOutcome && status === this.#lastStatus) return this.#lastPlace;
    const column = status >= 0 && status < otherColumn ? Math.trunc(status) : otherColumn;
    let place = this.#places[outcomeRow[outcome] * columns + column]!;
    if (place === -1) place = this.#pairs.length < maxPairs ? this.#take(outcome, column) : -1;
    if (place === -1 || column === otherColumn) {
      this.collapsed++;
      return this.#places[outcomeRow[outcome] * columns + otherColumn]!;
    }
    this.#lastOutcome = outcome;
    this.#lastStatus = status;
    this.#lastPlace = place;
    return place;
  }

  #take(outcome: Outcome, column: number): number {
    const status = column === otherColumn ? "__other__" : String(column);
    this.#places[outcomeRow[outcome] * columns + column] = this.#pairs.length;
    return this.#pairs.push({ outcome, status }) - 1;
  }
}

/** Counts by the places of a {@link StatusTable}. 1 KB. */
export class StatusCounts {
  readonly #table: StatusTable;
  readonly #counts = new Float64Array(maxPairs);

  constructor(table: StatusTable) {
    this.#table = table;
  }

  count(outcome: Outcome, status: number): void {
    const place = this.#table.place(outcome, status);
    this.#counts[place]! += 1;
  }

  /** Pairs that were counted, and with `withUsual` those that exist from the start, at 0 if they did not occur. */
  read(withUsual: boolean): readonly (OutcomeStatus & { readonly count: number })[] {
    const shown = withUsual ? this.#table.usual : 0;
    return this.#table.pairs
      .map((pair, place) => ({ ...pair, count: this.#counts[place]! }))
      .filter(({ count }, place) => count > 0 || place < shown);
  }
}
