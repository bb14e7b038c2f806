/** One push to Loki and what it answers. */
import type { LokiLimits } from "./loki-limits.ts";

/** Labels, and values as they are pushed. */
export type StreamPush = readonly [
  labels: Readonly<Record<string, string>>,
  values: readonly (readonly [timeNs: string, line: string, metadata?: Readonly<Record<string, string>>])[],
];

/** One push and what is known of its answer. */
export interface LokiRefusal {
  readonly name: string;
  /** A tenant of its own, to be given {@link limits}. */
  readonly tenant: string;
  readonly limits: LokiLimits;
  /** Bodies that are pushed before, each answered with 204. */
  readonly before: readonly string[];
  /** Body of the push. */
  readonly body: string;
  readonly expect: {
    readonly status: number;
    /** Pieces of the answer. */
    readonly textIncludes: readonly string[];
    /** Lines that the tenant has in the end. */
    readonly stored: number;
  };
}
