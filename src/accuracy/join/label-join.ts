/** Joins labels with predictions, in any order of arrival and however often they are sent. */
import { classOf, type AnswerValue } from "../answer-value.ts";
import { EarlyLabels, type EarlyLabelsOptions } from "./early-labels.ts";
import { hashIdentity, RecentIdentities } from "./identity-index.ts";
import type { LabelInput } from "../labels/label-input.ts";
import {
  PredictionStore,
  type PredictionBlock,
  type PredictionStoreOptions,
  type WaitingPrediction,
} from "./prediction-store.ts";

/**
 * Result of a label; values of the metrics' label `result`.
 * * `joined`: its prediction was found;
 * * `duplicate`: the same label arrived before; nothing changes;
 * * `conflict`: another label arrived before, and that one is kept;
 * * `late`: its prediction was known once and has been dropped;
 * * `early`: no prediction has such an identity yet: it waits a little, and is counted again as joined or unknown;
 * * `forwarded`: as `early`, but it was also sent to the other replicas: it is not counted as unknown here;
 * * `unknown`: there is no prediction for it, or its prediction has no such row or no value;
 * * `invalid`: it could not be read.
 */
export const labelResults = [
  "joined",
  "duplicate",
  "conflict",
  "late",
  "early",
  "forwarded",
  "unknown",
  "invalid",
] as const;

/** See {@link labelResults}. */
export type LabelResult = (typeof labelResults)[number];

/** A label and its prediction, at their first join. */
export interface JoinedLabel {
  readonly prediction: WaitingPrediction & { readonly value: AnswerValue };
  readonly label: AnswerValue;
  /** When the true value was known, or else when the label arrived, milliseconds since the epoch. */
  readonly knownAtMs: number;
}

/** Options of {@link LabelJoin}. */
export interface LabelJoinOptions {
  readonly predictions: PredictionStoreOptions;
  readonly early: EarlyLabelsOptions;
  /** Called once with every joined label. */
  readonly onJoined: (joined: JoinedLabel) => void;
  /** Called with a label whose identity is unknown; returns true when it is forwarded to other replicas. */
  readonly onUnmatched: (input: LabelInput) => boolean;
}

/** Number of dropped identities that are remembered, to distinguish late labels from unknown ones. */
const rememberedIds = 8192;

/** Joins labels with predictions. Every call costs a few look-ups. */
export class LabelJoin {
  /** Number of labels by result. */
  readonly results: Record<LabelResult, number> = {
    joined: 0,
    duplicate: 0,
    conflict: 0,
    late: 0,
    early: 0,
    forwarded: 0,
    unknown: 0,
    invalid: 0,
  };
  readonly store: PredictionStore;
  readonly #options: LabelJoinOptions;
  readonly #early: EarlyLabels;
  readonly #dropped = new RecentIdentities(rememberedIds);

  constructor(options: LabelJoinOptions) {
    this.#options = options;
    this.store = new PredictionStore(options.predictions, (id) => this.#dropped.add(id));
    this.#early = new EarlyLabels(options.early, ({ isOurs }) => {
      if (isOurs) this.results.unknown++;
    });
  }

  /** Labels that wait for their prediction. */
  get waitingLabels(): number {
    return this.#early.size;
  }

  /** Adds a prediction and joins it with the labels that wait for it. */
  predicted(block: PredictionBlock): void {
    if (!this.store.add(block)) return;
    for (const { input, cameAtMs, fingerprint, isOurs } of this.#early.take(block.id)) {
      const prediction = this.store.find(input.id, input.row);
      const result = prediction === undefined ? "unknown" : this.#join(prediction, { input, cameAtMs, fingerprint });
      if (isOurs || result !== "unknown") this.results[result]++;
    }
  }

  /**
   * Adds a label. `isForwarded`: it comes from another replica; if no prediction matches it here, it is not counted.
   */
  label(input: LabelInput, nowMs: number, isForwarded = false): LabelResult {
    const result = this.#resultOf(input, nowMs, isForwarded);
    const isUnmatched = isForwarded && (result === "early" || result === "unknown");
    if (!isUnmatched) this.results[result]++;
    return result;
  }

  /** Drops predictions and labels that have waited too long. */
  expire(nowMs: number): void {
    this.store.expire(nowMs);
    this.#early.expire(nowMs);
  }

  #resultOf(input: LabelInput, nowMs: number, isForwarded: boolean): LabelResult {
    const { id, row } = input;
    const fingerprint = fingerprintOf(input.label);
    const prediction = this.store.find(id, row);
    if (prediction !== undefined) {
      const isLate = nowMs - prediction.atMs >= this.#options.predictions.ttlMs;
      return isLate ? "late" : this.#join(prediction, { input, cameAtMs: nowMs, fingerprint });
    }
    if (this.store.has(id)) return "unknown";
    if (this.#dropped.has(hashIdentity(id))) return "late";
    const waiting = this.#early.find(id, row);
    if (waiting !== undefined) return waiting.fingerprint === fingerprint ? "duplicate" : "conflict";
    const isForwardedOn = !isForwarded && this.#options.onUnmatched(input);
    this.#early.add({ input, cameAtMs: nowMs, fingerprint, isOurs: !isForwarded && !isForwardedOn });
    return isForwardedOn ? "forwarded" : "early";
  }

  /** Compares a label with its prediction. */
  #join(
    { value, ...prediction }: WaitingPrediction,
    {
      input,
      cameAtMs,
      fingerprint,
    }: { readonly input: LabelInput; readonly cameAtMs: number; readonly fingerprint: number },
  ): LabelResult {
    if (value === undefined) return "unknown";
    if (prediction.label !== -1) return prediction.label === fingerprint ? "duplicate" : "conflict";
    this.store.keepLabel(prediction.slot, fingerprint);
    const knownAtMs = input.timeMs ?? cameAtMs;
    this.#options.onJoined({ prediction: { ...prediction, value }, label: input.label, knownAtMs });
    return "joined";
  }
}

/** A hash of 32 bits (FNV-1a); labels with equal hashes count as the same. */
function fingerprintOf(label: AnswerValue): number {
  const text = classOf(label);
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
