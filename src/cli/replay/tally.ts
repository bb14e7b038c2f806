import type { PredictionRecord } from "../../prediction-log/prediction-record.ts";
import type { SkipReason } from "./candidate.ts";
import type { AnswerDifference, Comparison } from "./compare.ts";
import { replayExitCodes } from "./commands.ts";

/** A difference, and the request it belongs to. */
export interface ReportedDifference extends AnswerDifference {
  readonly request_id: string;
  readonly time: string;
  readonly path: string;
}

/** Quantiles of times, in milliseconds, by the nearest rank. */
export interface TimeQuantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Counts the results of a replay. Memory: 24 bytes per request. */
export class ReplayTally {
  same = 0;
  statusOnly = 0;
  different = 0;
  failed = 0;
  /** Requests with redacted values. */
  redacted = 0;
  readonly skipped: Map<SkipReason, number> = new Map();
  /** The first differences, up to the maximum. */
  readonly differences: ReportedDifference[] = [];
  readonly failures: { readonly request_id: string; readonly problem: string }[] = [];
  readonly #shown: number;
  readonly #thenMs: number[] = [];
  readonly #nowMs: number[] = [];
  readonly #lateMs: number[] = [];

  /** Keeps details of at most `shown` differences, and as many failures. */
  constructor(shown: number) {
    this.#shown = shown;
  }

  /** Requests that were sent and have ended. */
  get sent(): number {
    return this.compared + this.failed;
  }

  /** Requests that got a response. */
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

  /** Records that a request started, `lateMs` after its time. */
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

  /** Latencies as logged (`then`) and in the replay (`now`), for the same requests, and how late requests started. */
  times(): Readonly<Record<"then" | "now" | "late", TimeQuantiles | null>> {
    return { then: quantilesOf(this.#thenMs), now: quantilesOf(this.#nowMs), late: quantilesOf(this.#lateMs) };
  }

  /** Exit code of a replay that was not stopped. */
  exitCode(): number {
    if (this.different > 0) return replayExitCodes.different;
    if (this.failed > 0) return replayExitCodes.failed;
    return this.compared === 0 ? replayExitCodes.nothing : replayExitCodes.same;
  }
}

function quantilesOf(values: readonly number[]): TimeQuantiles | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const at = (part: number): number =>
    Math.round((sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0) * 1000) / 1000;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}
