/** Remembers answers to repeated questions in bounded memory, so that a client that invents keys cannot make it grow. */
export interface BoundedMemo<Value> {
  /** The remembered value, or undefined. A value that was read is kept longest. */
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  /** Entries held now: at most twice the generation size. */
  readonly size: number;
  /** How many generations were dropped since the start; a number that grows fast means keys that never repeat. */
  readonly dropped: number;
}

/**
 * A memo of two generations: when the young one is full it becomes the old one, and what the old one held is dropped.
 * Up to `generationSize` distinct keys are never forgotten; above that, a key stays as long as it is asked for once
 * in every `generationSize` new keys. Reading and writing cost one or two map look-ups.
 */
export function createBoundedMemo<Value>(generationSize: number): BoundedMemo<Value> {
  let young = new Map<string, Value>();
  let old = new Map<string, Value>();
  let dropped = 0;

  const set = (key: string, value: Value): void => {
    if (young.size >= generationSize) {
      if (old.size > 0) dropped++;
      old = young;
      young = new Map();
    }
    young.set(key, value);
    old.delete(key);
  };

  return {
    get(key) {
      const value = young.get(key);
      if (value !== undefined) return value;
      const kept = old.get(key);
      if (kept !== undefined) set(key, kept);
      return kept;
    },
    set,
    get size() {
      return young.size + old.size;
    },
    get dropped() {
      return dropped;
    },
  };
}
