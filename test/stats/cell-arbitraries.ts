import * as fc from "fast-check";

/** Two sets of counts over the same cells. */
export interface Counts {
  readonly baseline: readonly number[];
  readonly current: readonly number[];
}

/** Counts as they come: none, few, many, scaled to an effective sample size, absurd. */
export const count: fc.Arbitrary<number> = fc.oneof(
  fc.constant(0),
  fc.nat(20),
  fc.nat(100_000),
  fc.double({ min: 0, max: 5000, noNaN: true }),
  fc.double({ min: 0, max: 1e100, noNaN: true }),
);

/** Rows as windows count them. */
export const rows: fc.Arbitrary<number> = fc.oneof(fc.constant(0), fc.nat(20), fc.nat(100_000));

/** Up to 30 cells on both sides, counted by `of`. */
export function countsOf(of: fc.Arbitrary<number>, minLength = 0): fc.Arbitrary<Counts> {
  return fc
    .array(fc.tuple(of, of), { minLength, maxLength: 30 })
    .map((cells) => ({ baseline: cells.map(([before]) => before), current: cells.map(([, now]) => now) }));
}

/** The same cells in another order. */
export function shuffled({ baseline, current }: Counts, keys: readonly number[]): Counts {
  const order = baseline.map((_, i) => i).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || b - a);
  return { baseline: order.map((i) => baseline[i] ?? 0), current: order.map((i) => current[i] ?? 0) };
}

/** All counts times a factor. */
export function scaled(counts: readonly number[], factor: number): number[] {
  return counts.map((value) => value * factor);
}

/** The sum of counts. */
export function sum(counts: readonly number[]): number {
  return counts.reduce((total, value) => total + value, 0);
}
