/** Baselines for tests of drift, and windows drawn at random. */
import {
  baselineFormatVersion,
  type Baseline,
  type CategoricalDistribution,
  type NumericDistribution,
} from "../../../src/drift/baseline/baseline.ts";
import { groupNames, groupOffset, type CellLayout } from "../../../src/drift/window/cell-layout.ts";
import type { DriftSubject } from "../../../src/drift/monitor/drift-report.ts";
import { NameCollector } from "../../../src/drift/window/seen-names.ts";
import type { WindowCounts } from "../../../src/drift/window/window-counts.ts";
import { normalUpperQuantile, normalUpperTail } from "../../../src/stats/normal-distribution.ts";

export const aSubject: Omit<DriftSubject, "scope"> = { model: "churn", version: "7", variant: "stable" };

/** A numeric distribution; bins of 100 rows each unless counts are given. */
export function numeric(
  name: string,
  edges: readonly number[],
  over: Partial<NumericDistribution> = {},
): NumericDistribution {
  const quartile = (part: number): number => edges[Math.round((edges.length - 1) * part)] ?? 0;
  return {
    name,
    kind: "numeric",
    edges,
    counts: Array.from({ length: Math.max(0, edges.length - 1) }, () => 100),
    missing: 0,
    invalid: 0,
    mean: 0,
    standardDeviation: 1,
    quartiles: [quartile(0.25), quartile(0.5), quartile(0.75)],
    ...over,
  };
}

/** A categorical distribution with these counts. */
export function categorical(
  name: string,
  counts: Readonly<Record<string, number>>,
  over: Partial<CategoricalDistribution> = {},
): CategoricalDistribution {
  return {
    name,
    kind: "categorical",
    values: Object.keys(counts),
    counts: Object.values(counts),
    other: 0,
    rareValues: [],
    isRareComplete: true,
    missing: 0,
    distinct: Object.keys(counts).length,
    ...over,
  };
}

export function baselineOf(features: Baseline["features"], over: Partial<Baseline> = {}): Baseline {
  return {
    format: "outrider-baseline",
    version: baselineFormatVersion,
    createdAt: "2026-11-24T00:00:00Z",
    source: { kind: "file", name: "train.csv", digest: "sha256:00", rows: 2000 },
    features,
    ...over,
  };
}

/** A window with these counts of each target, of so many requests of one row. */
export function windowOf(layout: CellLayout, cells: readonly ArrayLike<number>[], requests: number): WindowCounts {
  const vector = new Float64Array(layout.length);
  layout.targets.forEach(({ offset }, target) => vector.set(cells[target] ?? [], offset));
  for (const group of groupNames) vector.fill(requests, groupOffset(layout, group), groupOffset(layout, group) + 3);
  return { vector, names: new NameCollector() };
}

/** Standard normal numbers. */
export function normals(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/**
 * A baseline feature of `rows` standard normal rows, in 20 bins of equal counts. Only the rows at the edges are drawn:
 * the spacings of sorted uniform numbers are those of gamma variables divided by their sum (Devroye, Non-Uniform Random
 * Variate Generation, chapter V).
 */
export function normalFeature(name: string, rows: number, random: () => number): NumericDistribution {
  const ranks = Array.from({ length: 21 }, (_, bin) => Math.min(rows, Math.floor((bin * rows) / 20) + 1));
  const gamma = gammas(random);
  let sum = 0;
  const sums = ranks.map((rank, index) => (sum += gamma(rank - (ranks[index - 1] ?? 0))));
  const total = sum + gamma(1);
  const edges = sums.map((upTo) => normalUpperQuantile(1 - upTo / total));
  const counts = Array.from({ length: 20 }, (_, bin) => (bin === 19 ? rows - 19 * (rows / 20) : rows / 20));
  return numeric(name, edges, { counts });
}

/** Gamma variables of shape 1 and above. Source: Marsaglia and Tsang (2000). */
function gammas(random: () => number): (shape: number) => number {
  const normal = normals(random);
  return (shape) => {
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - random()) < (x * x) / 2 + d - d * v + d * Math.log(v)) return d * v;
    }
  };
}

/** Chance of each cell (bins, below, above, missing, invalid) when rows come from N(shift, 1). */
export function normalCells({ edges }: NumericDistribution, shift: number): readonly number[] {
  const below = edges.map((edge) => 1 - normalUpperTail(edge - shift));
  const bins = below.slice(1).map((to, bin) => to - (below[bin] ?? 0));
  return [...bins, below[0] ?? 0, 1 - (below.at(-1) ?? 1), 0, 0];
}

/** Draws rows of a multinomial, cell by cell: the rows of a cell are binomial among those that are left. */
export class CellSampler {
  readonly #chances: readonly number[];
  readonly #logFactorials: number[] = [0];

  constructor(chances: readonly number[]) {
    this.#chances = chances;
  }

  draw(rows: number, random: () => number): Float64Array {
    while (this.#logFactorials.length <= rows) {
      this.#logFactorials.push(this.#logFactorials.at(-1)! + Math.log(this.#logFactorials.length));
    }
    const counts = new Float64Array(this.#chances.length);
    let left = rows;
    let chanceLeft = 1;
    for (let cell = 0; cell < counts.length && left > 0; cell++) {
      const chance = this.#chances[cell]!;
      const part = cell === counts.length - 1 ? 1 : chance / chanceLeft;
      const drawn = this.#binomial(left, part, random);
      counts[cell] = drawn;
      left -= drawn;
      chanceLeft -= chance;
    }
    return counts;
  }

  /** By inversion from the most likely number outwards: about as many steps as two standard deviations. */
  #binomial(trials: number, chance: number, random: () => number): number {
    if (!(chance > 0)) return 0;
    if (chance >= 1) return trials;
    const logs = this.#logFactorials;
    const mode = Math.floor((trials + 1) * chance);
    const atMode =
      logs[trials]! -
      logs[mode]! -
      logs[trials - mode]! +
      mode * Math.log(chance) +
      (trials - mode) * Math.log1p(-chance);
    const odds = chance / (1 - chance);
    let up = mode;
    let down = mode;
    let chanceUp = Math.exp(atMode);
    let chanceDown = chanceUp;
    let rest = random() - chanceUp;
    while (rest >= 0) {
      if (up === trials && down === 0) return mode;
      if (up < trials) {
        chanceUp *= ((trials - up++) / up) * odds;
        rest -= chanceUp;
        if (rest < 0) return up;
      }
      if (down > 0) {
        chanceDown *= down-- / (trials - down) / odds;
        rest -= chanceDown;
        if (rest < 0) return down;
      }
    }
    return mode;
  }
}
