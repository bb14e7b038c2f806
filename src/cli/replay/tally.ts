import type { PredictionRecord } from "../../prediction-log/prediction-record.ts";
import type { SkipReason } from "./candidate.ts";
import type { AnswerDifference, Comparison } from "./compare.ts";
import { replayExitCodes } from "./commands.ts";

/** A difference and the request it belongs to. */
export interface ToldDifference extends AnswerDifference {
  readonly request_id: string;
  readonly time: string;
  readonly path: string;
}

/** Quantiles of some times, milliseconds; null for none. */
export interface TimeQuantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Counts what came of requests that were sent again. Memory: 24 bytes a request. */
export class ReplayTally {
  same = 0;
  statusOnly = 0;
  different = 0;
  failed = 0;
  /** Requests in which something was redacted. */
  redacted = 0;
  readonly skipped: Map<SkipReason, number> = new Map();
  /** The first ones. */
  readonly differences: ToldDifference[] = [];
  readonly failures: { readonly request_id: string; readonly problem: string }[] = [];
  readonly #shown: number;
  readonly #thenMs: number[] = [];
  readonly #nowMs: number[] = [];
  readonly #lateMs: number[] = [];

  /** Tells at most so many differences and failures one by one. */
  constructor(shown: number) {
    this.#shown = shown;
  }

  /** Requests that were sent and are over. */
  get sent(): number {
    return this.compared + this.failed;
  }

  /** Those that were answered. */
  get compared(): number {
    return this.same + this.statusOnly + this.different;
  }

  /** Records that could not be sent again. */
  get skippedTotal(): number {
    return [...this.skipped.values()].reduce((sum, count) => sum + count, 0);
  }

  skip(reason: SkipReason): void {
    this.skipped.set(reason, (this.skipped.get(reason) ?? 0) + 1);
  }

  /** A request began so late. */
  began(lateMs: number, isRedacted: boolean): void {
    this.#lateMs.push(lateMs);
    if (isRedacted) this.redacted++;
  }

  answered(record: PredictionRecord, comparison: Comparison, tookMs: number): void {
    this.#thenMs.push(record.latency_ms.upstream);
    this.#nowMs.push(tookMs);
    if (comparison.kind === "different") {
      this.different++;
      const { request_id, time, path } = record;
      if (this.differences.length < this.#shown) {
        this.differences.push({ request_id, time, path, ...comparison.difference });
      }
    } else if (comparison.kind === "same") this.same++;
    else this.statusOnly++;
  }

  unanswered({ request_id }: PredictionRecord, problem: string): void {
    this.failed++;
    if (this.failures.length < this.#shown) this.failures.push({ request_id, problem });
  }

  /** How long the model server took then and takes now, over the same requests, and how late requests began. */
  times(): Readonly<Record<"then" | "now" | "late", TimeQuantiles | null>> {
    return { then: quantilesOf(this.#thenMs), now: quantilesOf(this.#nowMs), late: quantilesOf(this.#lateMs) };
  }

  /** The exit code when all was sent. */
  exitCode(): number {
    if (this.different > 0) return replayExitCodes.different;
    if (this.failed > 0) return replayExitCodes.failed;
    return this.compared === 0 ? replayExitCodes.nothing : replayExitCodes.same;
  }
}

/** By the nearest rank. */
function quantilesOf(values: readonly number[]): TimeQuantiles | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const at = (part: number): number =>
    Math.round((sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0) * 1000) / 1000;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}
