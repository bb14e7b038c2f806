/** Counts by key that begin at 0, all of them there from the start: series that appear late look like a jump. */
export const zeroCounts = <Key extends string>(keys: readonly Key[]): Record<Key, number> =>
  Object.fromEntries(keys.map((key) => [key, 0])) as Record<Key, number>;
