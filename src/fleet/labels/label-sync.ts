/** Labels between replicas: a label may arrive at any of them, and only one holds the prediction. */
import { LabelPosition } from "./label-position.ts";
import {
  clockToleranceMs,
  type FailureReason,
  isLabelItem,
  type LabelItem,
  type LabelStream,
  type Outcome,
  type StateStore,
  stateLimits,
} from "../store.ts";

/** Options of {@link LabelSync}. */
export interface LabelSyncOptions {
  readonly store: StateStore;
  readonly replicaId: string;
  /** Labels from before this replica's start belong to no prediction of its. */
  readonly startedAtMs: number;
  /** Streams of the user's, by their full names in the store; entries have the fields id, label and perhaps row. */
  readonly streams: readonly string[];
  /** Called with labels from other replicas and from `streams`; not with those that this replica passed on itself. */
  readonly onLabels: (labels: readonly LabelItem[]) => void;
}

/** How the exchange went so far. */
export interface LabelSyncCounts {
  readonly sent: number;
  readonly received: number;
  /** There was no room to wait, or a text was too long. */
  readonly dropped: number;
  /** Trimmed from a stream before this replica had read them. */
  readonly trimmed: number;
  readonly malformed: number;
}

/** Labels that may wait to be sent: some megabytes while the store is away. */
const maxWaiting = 10_000;
/** Pages read from one stream in a turn: 10,000 labels. */
const maxPages = 20;

/** Sends labels to all replicas and reads those of others. Every replica reads every label: nobody knows whose it is. */
export class LabelSync {
  readonly #options: LabelSyncOptions;
  readonly #readers: readonly { readonly stream: LabelStream; readonly position: LabelPosition }[];
  #waiting: LabelItem[] = [];
  #sent = 0;
  #received = 0;
  #dropped = 0;
  #malformed = 0;

  constructor(options: LabelSyncOptions) {
    this.#options = options;
    const streams: readonly LabelStream[] = [
      { kind: "fleet" },
      ...options.streams.map((name) => ({ kind: "named", name }) as const),
    ];
    // Too early does no harm: labels may be read twice.
    const startMs = options.startedAtMs - clockToleranceMs;
    this.#readers = streams.map((stream) => ({ stream, position: new LabelPosition(startMs) }));
  }

  get counts(): LabelSyncCounts {
    const trimmed = this.#readers.reduce((sum, { position }) => sum + position.trimmed, 0);
    return {
      sent: this.#sent,
      received: this.#received,
      dropped: this.#dropped,
      trimmed,
      malformed: this.#malformed,
    };
  }

  /** Takes labels to be sent with the next turn; gives how many found room. */
  pass(items: readonly LabelItem[]): number {
    const taken = items.filter(isLabelItem).slice(0, maxWaiting - this.#waiting.length);
    for (const item of taken) this.#waiting.push(item);
    this.#dropped += items.length - taken.length;
    return taken.length;
  }

  /** Sends what waits; what the store did not take waits on. Labels whose answer was lost are sent again. */
  async send(): Promise<Outcome<void>> {
    const { store, replicaId } = this.#options;
    while (this.#waiting.length > 0) {
      const page = this.#waiting.slice(0, stateLimits.labelsPerCall);
      const outcome = await store.appendLabels(replicaId, page);
      if (outcome.kind === "failed") return outcome;
      this.#waiting = this.#waiting.slice(page.length);
      this.#sent += outcome.value;
    }
    return done;
  }

  /** Reads what is new in every stream; gives the last failure, after having tried all. */
  async receive(): Promise<Outcome<void>> {
    let failure: FailureReason | undefined;
    for (const { stream, position } of this.#readers) {
      const outcome = await this.#readStream(stream, position);
      if (outcome.kind === "failed") failure = outcome.reason;
    }
    return failure === undefined ? done : { kind: "failed", reason: failure };
  }

  async #readStream(stream: LabelStream, position: LabelPosition): Promise<Outcome<void>> {
    const { store, replicaId, onLabels } = this.#options;
    for (let pages = 0; pages < maxPages; pages++) {
      const page = await store.readLabels(stream, position.lastId);
      if (page.kind === "failed") return page;
      position.advance(page.value);
      this.#malformed += page.value.malformed;
      const others = page.value.items.filter(({ from }) => from !== replicaId);
      this.#received += others.length;
      if (others.length > 0) onLabels(others.map(({ from: _from, ...item }) => item));
      if (page.value.isAtEnd) return done;
    }
    return done;
  }
}

const done: Outcome<void> = { kind: "done", value: undefined };
