import { upperIncompleteGamma } from "./gamma-function.ts";

/** Below this a density is a subnormal number, with fewer digits. */
const minTail = 1e-300;

/**
 * Chance that a standard normal variable lies above z; relative error below 1e-12 down to 1e-300 (z about 37). For z
 * = NaN it is ½.
 *
 * Source: erfc(x) = Γ(½, x²)/√π, Abramowitz and Stegun 6.5.17.
 */
export function normalUpperTail(z: number): number {
  const half = upperIncompleteGamma(0.5, (z * z) / 2) / 2;
  return z < 0 ? 1 - half : half;
}

/** Two-sided p-value of a standard normal z: the chance of a value at least as far from 0. */
export function normalTwoSided(z: number): number {
  return upperIncompleteGamma(0.5, (z * z) / 2);
}

/**
 * The z above which a standard normal variable lies with the given chance: 1.959964 for 0.025. Absolute error below
 * 1e-12; ±Infinity for chances of 1 and 0 and beyond; chances below 1e-300 count as that.
 *
 * Source: start from Abramowitz and Stegun 26.2.23, which is good to 4.5e-4, then two steps of Halley's method.
 */
export function normalUpperQuantile(chance: number): number {
  if (!(chance > 0)) return Infinity;
  if (chance >= 1) return -Infinity;
  return chance <= 0.5 ? quantileOfTail(Math.max(chance, minTail)) : -quantileOfTail(1 - chance);
}

function quantileOfTail(tail: number): number {
  const t = Math.sqrt(-2 * Math.log(tail));
  const above = 2.515517 + t * (0.802853 + t * 0.010328);
  const below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
  return halleyStep(halleyStep(t - above / below, tail), tail);
}

function halleyStep(z: number, tail: number): number {
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  const step = (normalUpperTail(z) - tail) / density;
  return z + step / (1 - (z * step) / 2);
}
