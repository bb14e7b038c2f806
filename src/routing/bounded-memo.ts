/** A cache of bounded size: a client that invents keys cannot make it grow. */
export interface BoundedMemo<Value> {
  /** The remembered value, or undefined. The values read most recently are kept longest. */
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  /** Entries held now: at most twice the generation size. */
  readonly size: number;
}

/**
 * A memo of two generations: a full young generation becomes the old one, and the entries of the former old one are
 * dropped. Up to `generationSize` distinct keys are never forgotten; above that, a key stays as long as it is read once
 * in every `generationSize` new keys. Reading and writing cost one or two map look-ups.
 */
export function createBoundedMemo<Value>(generationSize: number): BoundedMemo<Value> {
  let young = new Map<string, Value>();
  let old = new Map<string, Value>();

  const set = (key: string, value: Value): void => {
    if (young.size >= generationSize) {
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
  };
}
