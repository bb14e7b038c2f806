/** Publishes this replica's own counts: absolute and complete every time, so a failed publication needs no repetition. */
import type { Clock } from "../../clock.ts";
import { type Contribution, type Outcome, type PublishTally, type StateStore, stateLimits } from "../store.ts";

/** A part that counts by windows and shares its counts. */
export interface ContributionSource {
  /**
   * Its absolute counts for every window that it keeps: the current one, and ended ones until the grace has passed.
   * Iterated while they are sent. The arrays are read until the sync ends: when a window ends they may be replaced, but
   * not cleared.
   */
  contributions(nowMs: number): Iterable<Contribution>;
}

/** Options of {@link CountsPublisher}. */
export interface CountsPublisherOptions {
  readonly store: Pick<StateStore, "publish">;
  readonly replicaId: string;
  readonly sources: readonly ContributionSource[];
  readonly clock: Clock;
  /** Called when a source throws; the rest of that source is skipped. */
  onSourceFailed(this: void, error: unknown): void;
}

/** Totals of this replica's publications since its start. */
export interface PublisherStatus {
  readonly flushes: { readonly succeeded: number; readonly failed: number };
  /** Wall time of the last flush that succeeded; 0 before. */
  readonly lastFlushMs: number;
  /** Results of all contributions. */
  readonly contributions: PublishTally;
}

/** See the top of this file. Holds no counts itself. */
export class CountsPublisher {
  readonly #options: CountsPublisherOptions;
  #sequence = 0;
  #flushes = { succeeded: 0, failed: 0 };
  #lastFlushMs = 0;
  #tally: PublishTally = { stored: 0, older: 0, late: 0, full: 0, refused: 0 };

  constructor(options: CountsPublisherOptions) {
    this.#options = options;
  }

  /** Number of the last publication, successful or not. */
  get sequence(): number {
    return this.#sequence;
  }

  get lastFlushMs(): number {
    return this.#lastFlushMs;
  }

  status(): PublisherStatus {
    return { flushes: this.#flushes, lastFlushMs: this.#lastFlushMs, contributions: this.#tally };
  }

  /** Publishes the counts of all sources. */
  async publish(): Promise<Outcome<void>> {
    const { store, replicaId, clock } = this.#options;
    const writtenAtMs = clock.wallMs();
    const contributions = this.#contributions(writtenAtMs);
    const outcome = await store.publish({ replicaId, sequence: ++this.#sequence, writtenAtMs, contributions });
    const { succeeded, failed } = this.#flushes;
    if (outcome.kind === "failed") {
      this.#flushes = { succeeded, failed: failed + 1 };
      return outcome;
    }
    this.#flushes = { succeeded: succeeded + 1, failed };
    this.#lastFlushMs = clock.wallMs();
    this.#tally = addTallies(this.#tally, outcome.value);
    return { kind: "done", value: undefined };
  }

  /** Of all sources, created as they are sent. */
  *#contributions(nowMs: number): Generator<Contribution> {
    // A publication refuses and counts the surplus; this bound stops a source that never ends.
    let room = 2 * stateLimits.contributions;
    for (const source of this.#options.sources) {
      for (const contribution of this.#contributionsOf(source, nowMs)) {
        if (room-- <= 0) break;
        yield contribution;
      }
    }
  }

  *#contributionsOf(source: ContributionSource, nowMs: number): Generator<Contribution> {
    try {
      yield* source.contributions(nowMs);
    } catch (error) {
      this.#options.onSourceFailed(error);
    }
  }
}

function addTallies(left: PublishTally, right: PublishTally): PublishTally {
  return {
    stored: left.stored + right.stored,
    older: left.older + right.older,
    late: left.late + right.late,
    full: left.full + right.full,
    refused: left.refused + right.refused,
  };
}
