/** Bounds (bytes by `LogEntry.bytes`) and times (milliseconds) of a delivery. */
export interface DeliveryOptions {
  /** Upper bound of the queue in memory, entries in flight included. */
  readonly queueBytes: number;
  /** Upper bound of a batch of more than one entry. More than a quarter of the queue counts as a quarter. */
  readonly batchBytes: number;
  /** Longest time that an entry waits for a batch to fill before it is delivered or spilled. */
  readonly batchAgeMs: number;
  /** Upper bound of the wait after the first failure; it doubles with each further failure, up to `retryMaxMs`. */
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
  /** Entries go to the spool after this time without success; at once when the queue is more than half full by then. */
  readonly spoolAfterMs: number;
}
