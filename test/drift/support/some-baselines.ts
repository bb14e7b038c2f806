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
import { normalUpperTail } from "../../../src/stats/normal-distribution.ts";

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

/** A baseline feature of so many standard normal rows, in 20 bins of equal counts. */
export function normalFeature(name: string, rows: number, random: () => number): NumericDistribution {
  const draw = normals(random);
  const values = Float64Array.from({ length: rows }, draw).sort();
  const edges = Array.from({ length: 21 }, (_, bin) => values[Math.min(rows - 1, (bin * rows) / 20)] ?? 0);
  const counts = Array.from({ length: 20 }, (_, bin) => (bin === 19 ? rows - 19 * (rows / 20) : rows / 20));
  return numeric(name, edges, { counts });
}

/** Chance of each cell (bins, below, above, missing, invalid) when rows come from N(shift, 1). */
export function normalCells({ edges }: NumericDistribution, shift: number): readonly number[] {
  const below = edges.map((edge) => 1 - normalUpperTail(edge - shift));
  const bins = below.slice(1).map((to, bin) => to - (below[bin] ?? 0));
  return [...bins, below[0] ?? 0, 1 - (below.at(-1) ?? 1), 0, 0];
}

/** Draws rows of a multinomial quickly: most by one look into a table. */
export class CellSampler {
  static readonly #places = 4096;
  readonly #cells: number;
  readonly #until: Float64Array;
  readonly #first = new Uint8Array(CellSampler.#places);

  constructor(chances: readonly number[]) {
    let sum = 0;
    this.#cells = chances.length;
    this.#until = Float64Array.from(chances, (chance) => (sum += chance));
    for (let place = 0, cell = 0; place < CellSampler.#places; place++) {
      while (cell < chances.length - 1 && (this.#until[cell] ?? 1) <= place / CellSampler.#places) cell++;
      this.#first[place] = cell;
    }
  }

  draw(rows: number, random: () => number): Float64Array {
    const counts = new Float64Array(this.#cells);
    for (let row = 0; row < rows; row++) {
      const at = random();
      let cell = this.#first[Math.floor(at * CellSampler.#places)] ?? 0;
      while (cell < this.#cells - 1 && at >= (this.#until[cell] ?? 1)) cell++;
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
    return counts;
  }
}
