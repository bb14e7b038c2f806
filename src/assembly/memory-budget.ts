/** How the memory for telemetry (`memory.budget_bytes`) is divided. */
import { minBudgetBytes } from "../config/fields/capture.ts";
import type { Config } from "../config/table/table.ts";

const mebibyte = 1_048_576;

/** The default budget without a memory limit, and the maximum with one. */
export const maxDefaultBudgetBytes: number = 32 * mebibyte;

/** The shares of the budget, bytes. */
export interface MemoryShares {
  /** Bodies that are captured, of all requests in flight. */
  readonly tapBytes: number;
  /** Bodies that wait to be read. */
  readonly readingQueueBytes: number;
  /** One body once it is decompressed. */
  readonly decodedBytes: number;
  /** Records that wait for one sink of the prediction log. */
  readonly sinkQueueBytes: number;
  /** One push to Loki, before compression. */
  readonly lokiBatchBytes: number;
}

/**
 * Divides the budget. A share is never smaller than what one exchange or one record needs, however small the budget, so
 * that a configuration that was accepted also works.
 */
export function memoryShares(config: Config, limitBytes: number = process.constrainedMemory()): MemoryShares {
  const { memory, tap, predictions } = config;
  const budgetBytes = memory.budgetBytes > 0 ? memory.budgetBytes : defaultBudgetBytes(limitBytes);
  const share = (part: number): number => Math.floor(budgetBytes / part);
  return {
    tapBytes: tap.bodyBytes === 0 ? 0 : Math.max(share(2), 2 * tap.bodyBytes),
    readingQueueBytes: Math.max(share(16), 2 * tap.bodyBytes + exchangeBytes),
    decodedBytes: Math.max(share(8), tap.bodyBytes),
    sinkQueueBytes: Math.max(Math.min(share(8), share(4 * predictions.sinks.length)), 2 * predictions.recordBytes),
    lokiBatchBytes: share(64),
  };
}

/** Texts and bookkeeping of one exchange in the reading queue, without its bodies, bytes. */
const exchangeBytes = 65_536;

/**
 * An eighth of the container's memory limit, within the two bounds above. `limitBytes` is 0, or more than any machine
 * has, where there is no limit.
 */
function defaultBudgetBytes(limitBytes: number): number {
  if (limitBytes <= 0) return maxDefaultBudgetBytes;
  return Math.min(maxDefaultBudgetBytes, Math.max(minBudgetBytes, Math.floor(limitBytes / 8)));
}
