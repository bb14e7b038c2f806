/** Decides which exchanges are logged: a sample by identity, and kinds that are always logged up to a rate. */
import type { Exchange } from "../../exchange.ts";
import type { SkipReason, PredictionLogCounters } from "../prediction-log-counters.ts";
import { identityFraction } from "./identity-fraction.ts";
import type { SamplingReason } from "../prediction-record.ts";
import { RateCap } from "./rate-cap.ts";
import type { SampleRule } from "./sample-rule.ts";

/** Kinds of exchanges that are logged up to a rate whatever the sample is; the values of `predictions.always`. */
export const alwaysLogged = ["error", "timeout", "slow", "canary"] as const;

/** See {@link alwaysLogged}. */
export type AlwaysLogged = (typeof alwaysLogged)[number];

/** Options of {@link LogSampler}. */
export interface LogSamplerOptions {
  /** Ratio of exchanges to log where no rule matches, 0 to 1. */
  readonly sample: number;
  /** The first rule that matches applies. */
  readonly rules: readonly SampleRule[];
  readonly always: readonly AlwaysLogged[];
  /** Rate limit of each kind, records a second; more than 0. */
  readonly alwaysPerSecond: number;
  /** A successful exchange that took longer is `slow`; 0 switches the kind off. */
  readonly slowMs: number;
  /** Variants whose exchanges are of the kind `canary`. */
  readonly canaryVariants: readonly string[];
  /** Budget of all records, bytes a second; more than 0. */
  readonly bytesPerSecond: number;
}

/** Why an exchange is logged, and with which probability. */
export interface SamplingDecision {
  readonly reason: SamplingReason;
  /** Probability with which this exchange was chosen, more than 0 and at most 1. */
  readonly probability: number;
  /** The factor in `probability` that the byte budget contributed: 1 while the budget suffices. */
  readonly byteFactor: number;
}

/** The fields of an exchange that decide. */
export type SamplingSubject = Pick<Exchange, "outcome" | "variant" | "durationMs" | "requestId">;

/**
 * Decides for each exchange when it has ended. The identity of the exchange gives a number in [0, 1); the exchange is
 * logged when that number is below
 *
 * `max(base, probability of each of its kinds) × byte factor`,
 *
 * where `base` is the ratio of the first matching rule, or else the sample. Each kind has its own {@link RateCap}, and
 * the byte factor is the probability of a rate cap in bytes. So every replica logs the same part of the sample, and every
 * copy of a request gets the same decision, unless bytes run out. All probabilities depend on earlier exchanges alone:
 * records weighted with `1 / probability` estimate the offered exchanges without bias.
 *
 * A logged exchange counts against the rate of each of its kinds, even if the sample alone would have chosen it. The
 * sample is not limited by these rates.
 *
 * An exchange without an identity, because its head could not be read, is chosen by its serial number.
 *
 * The identity is a lazy string: it is read once, and only if the decision depends on it. About 0.1 µs for an exchange
 * that is not logged, plus making that string; allocates for logged exchanges only.
 */
export class LogSampler {
  readonly #options: LogSamplerOptions;
  readonly #counters: PredictionLogCounters;
  readonly #kinds: readonly Kind[];
  readonly #bytes: RateCap;

  constructor(options: LogSamplerOptions, counters: PredictionLogCounters) {
    this.#options = options;
    this.#counters = counters;
    this.#kinds = kindsOf(options);
    this.#bytes = new RateCap(options.bytesPerSecond);
  }

  /** The decision to log an exchange; undefined for one that is not logged. `nowMs` is monotonic. */
  decide(exchange: SamplingSubject, nowMs: number): SamplingDecision | undefined {
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
   * Charges the bytes of a record to the budget, once it is made. Decisions before this call do not know them: pending
   * records may exceed the budget.
   */
  spend(bytes: number, decision: SamplingDecision, nowMs: number): void {
    this.#bytes.spend(bytes, decision.byteFactor, nowMs);
  }

  #baseOf({ outcome, variant }: SamplingSubject): number {
    for (const rule of this.#options.rules) {
      const matches =
        (rule.outcome === undefined || rule.outcome === outcome) &&
        (rule.variant === undefined || rule.variant === variant);
      if (matches) return rule.ratio;
    }
    return this.#options.sample;
  }

  #strongestKindOf(exchange: SamplingSubject, nowMs: number): Kind | undefined {
    let strongest: Kind | undefined;
    for (const kind of this.#kinds) {
      if (!kind.matches(exchange)) continue;
      if (strongest === undefined || kind.cap.probability(nowMs) > strongest.cap.probability(nowMs)) strongest = kind;
    }
    return strongest;
  }

  #charge(exchange: SamplingSubject, probability: number, nowMs: number): void {
    for (const { matches, cap } of this.#kinds) if (matches(exchange)) cap.spend(1, probability, nowMs);
  }
}

interface Kind {
  readonly reason: AlwaysLogged;
  readonly cap: RateCap;
  readonly matches: (exchange: SamplingSubject) => boolean;
}

/** In the order of {@link alwaysLogged}: of kinds with equal probability the first one is the reason. */
function kindsOf(options: LogSamplerOptions): readonly Kind[] {
  const { always, alwaysPerSecond, slowMs, canaryVariants } = options;
  const tests: Readonly<Record<AlwaysLogged, (exchange: SamplingSubject) => boolean>> = {
    error: ({ outcome }) => outcome === "upstream_error" || outcome === "upstream_reset",
    timeout: ({ outcome }) => outcome === "timeout",
    slow: ({ outcome, durationMs }) => outcome === "ok" && slowMs > 0 && durationMs > slowMs,
    canary: ({ variant }) => canaryVariants.includes(variant),
  };
  return alwaysLogged
    .filter((reason) => always.includes(reason))
    .map((reason) => ({ reason, cap: new RateCap(alwaysPerSecond), matches: tests[reason] }));
}

function skipReason(isWanted: boolean, isOfKind: boolean): SkipReason {
  if (isWanted) return "byte_budget";
  return isOfKind ? "thinned" : "not_sampled";
}
