/**
 * Time and chance as values: the pure parts take what they need of these as arguments, the edges hold one of each,
 * and a test moves them by hand.
 */

/** Where the time comes from. Both readings are in milliseconds with a fraction. */
export interface Clock {
  /** Wall time since the Unix epoch; may jump when the machine's clock is set. For timestamps only. */
  wallMs(): number;
  /** Time since an arbitrary start; never goes backwards. For durations and deadlines. */
  monotonicMs(): number;
}

/** A source of unpredictable bytes, for instance and request identities; never for statistics. */
export interface Random {
  /** Fills `target` with fresh bytes and returns it. */
  fill(target: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>;
}

/** The machine's own clock. A reading costs about 50 ns. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
