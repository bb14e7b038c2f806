/** Joins labels with predictions, in whichever order they come and however often they are sent. */
import { classOf, type AnswerValue } from "./answer-value.ts";
import { EarlyLabels, type EarlyLabelsOptions } from "./early-labels.ts";
import { hashIdentity, RecentIdentities } from "./identity-index.ts";
import type { LabelInput } from "./label-input.ts";
import {
  PredictionStore,
  type PredictionBlock,
  type PredictionStoreOptions,
  type WaitingPrediction,
} from "./prediction-store.ts";

/**
 * What became of a label; values of the label `result`.
 * * `joined`: its prediction was found;
 * * `duplicate`: the same label came before; nothing changes;
 * * `conflict`: another label came before, and that one stays;
 * * `late`: its prediction was known and is forgotten;
 * * `early`: no prediction has such an identity yet: it waits a little, and is counted again as joined or unknown;
 * * `forwarded`: the same, but others were told of it: it is not counted as unknown here;
 * * `unknown`: no prediction came for it, or its prediction has no such row or said nothing;
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

/** A label and its prediction, met for the first time. */
export interface JoinedLabel {
  readonly prediction: WaitingPrediction & { readonly value: AnswerValue };
  readonly label: AnswerValue;
  /** When the answer was known, or else when it came, milliseconds since the epoch. */
  readonly knownAtMs: number;
}

/** Options of {@link LabelJoin}. */
export interface LabelJoinOptions {
  readonly predictions: PredictionStoreOptions;
  readonly early: EarlyLabelsOptions;
  /** Told of every joined label, once. */
  readonly onJoined: (joined: JoinedLabel) => void;
  /** Asked about a label that nothing is known of: true when others are told of it. */
  readonly onUnmatched: (input: LabelInput) => boolean;
}

/** Identities whose predictions were dropped, to tell late labels from unknown ones: at least the last so many. */
const rememberedIds = 8192;

/** See the top of the file. Every step costs a few look-ups. */
export class LabelJoin {
  /** Labels by what became of them. */
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

  /** Takes a prediction and joins it with the labels that wait for it. */
  predicted(block: PredictionBlock): void {
    if (!this.store.add(block)) return;
    for (const { input, cameAtMs, fingerprint, isOurs } of this.#early.take(block.id)) {
      const prediction = this.store.find(input.id, input.row);
      const result = prediction === undefined ? "unknown" : this.#hold(prediction, { input, cameAtMs, fingerprint });
      if (isOurs || result !== "unknown") this.results[result]++;
    }
  }

  /** Takes a label. `isForwarded` is for one that another replica did not know: unmatched here, it is not counted. */
  label(input: LabelInput, nowMs: number, isForwarded = false): LabelResult {
    const result = this.#resultOf(input, nowMs, isForwarded);
    const isNobodys = isForwarded && (result === "early" || result === "unknown");
    if (!isNobodys) this.results[result]++;
    return result;
  }

  /** Forgets what has waited too long. */
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
      return isLate ? "late" : this.#hold(prediction, { input, cameAtMs: nowMs, fingerprint });
    }
    if (this.store.has(id)) return "unknown";
    if (this.#dropped.has(hashIdentity(id))) return "late";
    const waiting = this.#early.find(id, row);
    if (waiting !== undefined) return waiting.fingerprint === fingerprint ? "duplicate" : "conflict";
    const isTold = !isForwarded && this.#options.onUnmatched(input);
    this.#early.add({ input, cameAtMs: nowMs, fingerprint, isOurs: !isForwarded && !isTold });
    return isTold ? "forwarded" : "early";
  }

  /** Holds a label against its prediction. */
  #hold(
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

/** 32 bits that tell one label from another (FNV-1a); equal ones are taken for the same label. */
function fingerprintOf(label: AnswerValue): number {
  const text = classOf(label);
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
