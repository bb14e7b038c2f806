/** Labels between replicas: a label may arrive at any replica, and only one has the prediction. */
import { answerValue } from "../../accuracy/answer-value.ts";
import type { LabelMonitor } from "../../accuracy/label-monitor.ts";
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
  /** Labels from before this replica's start cannot belong to its predictions. */
  readonly startedAtMs: number;
  /** The user's streams, by their full names in the store; entries have the fields `id`, `label` and optionally `row`. */
  readonly streams: readonly string[];
  /** Called with labels from other replicas and from `streams`; not with those that this replica sent. */
  readonly onLabels: (labels: readonly LabelItem[]) => void;
}

/** Labels exchanged with other replicas since the start of this one. */
export interface LabelSyncCounts {
  readonly sent: number;
  readonly received: number;
  /** The queue was full, or a text too long. */
  readonly dropped: number;
  /** Trimmed from a stream before this replica read them. */
  readonly trimmed: number;
  readonly malformed: number;
}

/** Maximum length of the queue: some megabytes while the store is away. */
const maxQueued = 10_000;
/** Pages read from one stream per sync: 10,000 labels. */
const maxPages = 20;

/** Sends labels to all replicas and reads those of others. Every replica reads every label: only the join tells whose it is. */
export class LabelSync {
  readonly #options: LabelSyncOptions;
  readonly #readers: readonly { readonly stream: LabelStream; readonly position: LabelPosition }[];
  #queue: LabelItem[] = [];
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
    // An early start is harmless: labels may be read twice.
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

  /** Queues labels for the next {@link send}; returns how many were accepted. */
  enqueue(items: readonly LabelItem[]): number {
    const taken = items.filter(isLabelItem).slice(0, maxQueued - this.#queue.length);
    for (const item of taken) this.#queue.push(item);
    this.#dropped += items.length - taken.length;
    return taken.length;
  }

  /** Sends the queue. What the store did not take stays queued; labels whose reply was lost are sent again. */
  async send(): Promise<Outcome<void>> {
    const { store, replicaId } = this.#options;
    while (this.#queue.length > 0) {
      const page = this.#queue.slice(0, stateLimits.labelsPerCall);
      const outcome = await store.appendLabels(replicaId, page);
      if (outcome.kind === "failed") return outcome;
      this.#queue = this.#queue.slice(page.length);
      this.#sent += outcome.value;
    }
    return done;
  }

  /** Reads the new entries of every stream; returns the last failure after trying all. */
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

/** Joins a label of another replica with the predictions here. Streams carry text: a numeric text is a number, as in CSV. */
export function joinLabel(labels: LabelMonitor, { id, row = 0, label: text }: LabelItem, nowMs: number): void {
  const label = answerValue(text);
  if (label === undefined) labels.countInvalid();
  else labels.label({ id, row, label }, nowMs, true);
}
