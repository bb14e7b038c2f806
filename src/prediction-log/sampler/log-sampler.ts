/** Which exchanges are logged: a sample by identity, and kinds that are kept as long as they are few. */
import type { Exchange } from "../../exchange.ts";
import type { KeepSkipReason, PredictionLogCounters } from "../prediction-log-counters.ts";
import { identityFraction } from "./identity-fraction.ts";
import type { KeepReason } from "../prediction-record.ts";
import { RateCap } from "./rate-cap.ts";
import type { SampleRule } from "./sample-rule.ts";

/** Kinds that are kept whenever the caps allow; what `predictions.always` may name. */
export const alwaysKept = ["error", "timeout", "slow", "canary"] as const;

/** See {@link alwaysKept}. */
export type AlwaysKept = (typeof alwaysKept)[number];

/** What the configuration says. */
export interface KeepPlanOptions {
  /** Part that is kept where no rule fits, 0 to 1. */
  readonly sample: number;
  /** The first that fits holds. */
  readonly rules: readonly SampleRule[];
  readonly always: readonly AlwaysKept[];
  /** Of each kind, more than 0. */
  readonly alwaysPerSecond: number;
  /** A good answer that took longer is `slow`; with 0 none is. */
  readonly slowMs: number;
  /** Variants whose exchanges are `canary`. */
  readonly canaryVariants: readonly string[];
  /** Bytes of records, more than 0. */
  readonly bytesPerSecond: number;
}

/** An exchange that is kept. */
export interface KeepDecision {
  readonly reason: KeepReason;
  /** How probable it was that this exchange would be kept, more than 0 and at most 1. */
  readonly probability: number;
  /** The part of it that the budget of bytes made: 1 while there is enough. */
  readonly byteFactor: number;
}

/** What a decision is made by. */
export type KeepSubject = Pick<Exchange, "outcome" | "variant" | "durationMs" | "requestId">;

/**
 * Decides for each exchange when it has ended. Its identity gives a number in [0, 1), which is compared with
 *
 * `max(base, probability of each kind that it is of) × byte factor`,
 *
 * where `base` is the ratio of the first rule that fits, or else the sample; each kind has a {@link RateCap} of its own,
 * and the byte factor is that of a rate in bytes. So what the base keeps on one replica is kept on every replica and for
 * every copy of the request, unless bytes run out. All parts depend only on what came before: records weighed with
 * `1 / probability` add up to what was offered, without bias.
 *
 * An exchange that is kept is charged to every kind that it is of, also when the sample would have kept it: a kind says
 * how many of its records there may be. What the base keeps past that rate is kept all the same.
 *
 * What has no identity, because its head could not be read, is chosen by its number: alike it would be all or nothing.
 *
 * The identity is a string that is made when it is read, so it is read once, and not at all where nothing depends on it.
 * About 0.1 µs for what is not kept beside making that string; allocates only what is kept.
 */
export class KeepPlan {
  readonly #options: KeepPlanOptions;
  readonly #counters: PredictionLogCounters;
  readonly #kinds: readonly Kind[];
  readonly #bytes: RateCap;

  constructor(options: KeepPlanOptions, counters: PredictionLogCounters) {
    this.#options = options;
    this.#counters = counters;
    this.#kinds = kindsOf(options);
    this.#bytes = new RateCap(options.bytesPerSecond);
  }

  /** The decision for an exchange that is kept; undefined for one that is not. Monotonic time. */
  decide(exchange: KeepSubject, nowMs: number): KeepDecision | undefined {
    const counters = this.#counters;
    counters.offeredTotal++;
    const base = this.#baseOf(exchange);
    const kind = this.#strongestKindOf(exchange, nowMs);
    const wanted = kind === undefined ? base : Math.max(base, kind.cap.probability(nowMs));
    const byteFactor = this.#bytes.probability(nowMs);
    const probability = wanted * byteFactor;
    const isCertain = probability >= 1 && (base >= 1 || base === 0);
    const fraction =
      isCertain || probability === 0 ? 0 : identityFraction(exchange.requestId || `${counters.offeredTotal}`);
    if (fraction >= probability) {
      counters.skipped[skipReason(fraction < wanted, kind !== undefined)]++;
      return undefined;
    }
    const reason = kind === undefined || fraction < base * byteFactor ? "sample" : kind.reason;
    counters.kept[reason]++;
    if (kind !== undefined) this.#charge(exchange, probability, nowMs);
    return { reason, probability, byteFactor };
  }

  /**
   * Takes note of the bytes of a record, once it is made. What is decided between the decision and this call is decided
   * as if the record were not there: a budget may be passed by what waits to be made.
   */
  spend(bytes: number, decision: KeepDecision, nowMs: number): void {
    this.#bytes.spend(bytes, decision.byteFactor, nowMs);
  }

  #baseOf({ outcome, variant }: KeepSubject): number {
    for (const rule of this.#options.rules) {
      const fits =
        (rule.outcome === undefined || rule.outcome === outcome) &&
        (rule.variant === undefined || rule.variant === variant);
      if (fits) return rule.ratio;
    }
    return this.#options.sample;
  }

  #strongestKindOf(exchange: KeepSubject, nowMs: number): Kind | undefined {
    let strongest: Kind | undefined;
    for (const kind of this.#kinds) {
      if (!kind.fits(exchange)) continue;
      if (strongest === undefined || kind.cap.probability(nowMs) > strongest.cap.probability(nowMs)) strongest = kind;
    }
    return strongest;
  }

  #charge(exchange: KeepSubject, probability: number, nowMs: number): void {
    for (const { fits, cap } of this.#kinds) if (fits(exchange)) cap.spend(1, probability, nowMs);
  }
}

interface Kind {
  readonly reason: AlwaysKept;
  readonly cap: RateCap;
  readonly fits: (exchange: KeepSubject) => boolean;
}

/** In the order of {@link alwaysKept}, which tells apart kinds of equal probability. */
function kindsOf(options: KeepPlanOptions): readonly Kind[] {
  const { always, alwaysPerSecond, slowMs, canaryVariants } = options;
  const tests: Readonly<Record<AlwaysKept, (exchange: KeepSubject) => boolean>> = {
    error: ({ outcome }) => outcome === "upstream_error" || outcome === "upstream_reset",
    timeout: ({ outcome }) => outcome === "timeout",
    slow: ({ outcome, durationMs }) => outcome === "ok" && slowMs > 0 && durationMs > slowMs,
    canary: ({ variant }) => canaryVariants.includes(variant),
  };
  return alwaysKept
    .filter((reason) => always.includes(reason))
    .map((reason) => ({ reason, cap: new RateCap(alwaysPerSecond), fits: tests[reason] }));
}

function skipReason(isWanted: boolean, isOfKind: boolean): KeepSkipReason {
  if (isWanted) return "byte_budget";
  return isOfKind ? "thinned" : "not_sampled";
}
