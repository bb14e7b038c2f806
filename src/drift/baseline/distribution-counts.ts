/** The second pass over a column: counts rows into the cells that its profile defines. */
import { categoryOf } from "../../payload/table/category.ts";
import type { Cell } from "../../payload/body-content.ts";
import { binEdges } from "../../sketch/bin-edges.ts";
import { binOf } from "../../sketch/bin-of.ts";
import { nextUp } from "../../sketch/next-up.ts";
import { quantileOf, valueMasses } from "../../sketch/value-sample.ts";
import type { RunningMoments } from "../../stats/running-moments.ts";
import {
  maxRareListLength,
  maxValues,
  type CategoricalDistribution,
  type Distribution,
  type DistributionNote,
  type NumericDistribution,
} from "./baseline.ts";
import type { ColumnProfile } from "./column-profile.ts";

/** A value with its own cell holds at least this part of the rows. */
const minShare = 0.008;

/** Counts rows into the cells of one column. */
export interface DistributionCounts {
  add(cell: Cell, weight: number): void;
  /** The distribution of the rows that were added. */
  finish(): Distribution;
}

/**
 * Counters for a profiled column. With `isContinued` the rows of the profile are counted already, as exactly as it
 * kept them, and further rows follow; without it, the same rows are expected again.
 */
export function distributionCounts(profile: ColumnProfile, isContinued: boolean): DistributionCounts {
  return profile.kind === "numeric"
    ? new NumericCounts(profile, isContinued)
    : new CategoricalCounts(profile, isContinued);
}

class NumericCounts implements DistributionCounts {
  readonly #profile: ColumnProfile;
  readonly #isContinued: boolean;
  readonly #moments: RunningMoments;
  readonly #edges: Float64Array;
  readonly #quartiles: readonly [number, number, number];
  readonly #counts: Float64Array;
  #below = 0;
  #above = 0;
  #missing = 0;
  #invalid = 0;

  constructor(profile: ColumnProfile, isContinued: boolean) {
    const seen = valueMasses(profile.numbers.sample());
    this.#profile = profile;
    this.#isContinued = isContinued;
    this.#moments = profile.moments;
    this.#edges = Float64Array.from(binEdges(seen, profile.moments.smallest, profile.moments.largest));
    this.#quartiles = [quantileOf(seen, 0.25), quantileOf(seen, 0.5), quantileOf(seen, 0.75)];
    this.#counts = new Float64Array(Math.max(0, this.#edges.length - 1));
    if (!isContinued) return;
    for (let index = 0; index < seen.values.length; index++) {
      this.#count(seen.values[index]!, seen.masses[index]!);
    }
    this.#missing = profile.missing;
    this.#invalid = profile.invalid;
  }

  add(cell: Cell, weight: number): void {
    if (cell === null || cell === undefined || (typeof cell === "number" && Number.isNaN(cell))) {
      this.#missing += weight;
    } else if (typeof cell !== "number" || !Number.isFinite(cell)) {
      this.#invalid += weight;
    } else {
      if (this.#isContinued) this.#moments.add(cell, weight);
      this.#count(cell, weight);
    }
  }

  finish(): NumericDistribution {
    const note = this.#note();
    return {
      name: this.#profile.name,
      kind: "numeric",
      ...this.#bins(),
      missing: this.#missing,
      invalid: this.#invalid,
      mean: this.#moments.mean,
      standardDeviation: this.#moments.standardDeviation,
      quartiles: this.#quartiles,
      ...(note === undefined ? {} : { note }),
    };
  }

  #count(value: number, weight: number): void {
    const bin = binOf(this.#edges, value);
    if (bin < 0) this.#below += weight;
    else if (bin >= this.#counts.length) this.#above += weight;
    else this.#counts[bin]! += weight;
  }

  /** Values outside the edges that were set get a bin at either end, so that the outermost edges are the true ones. */
  #bins(): Pick<NumericDistribution, "edges" | "counts"> {
    const edges = [...this.#edges];
    const counts = [...this.#counts];
    if (this.#below > 0) {
      edges.unshift(this.#moments.smallest);
      counts.unshift(this.#below);
    }
    if (this.#above > 0) {
      const last = nextUp(edges.pop()!);
      if (last < this.#moments.largest) {
        edges.push(last, this.#moments.largest);
        counts.push(this.#above);
      } else {
        edges.push(last);
        counts.push(counts.pop()! + this.#above);
      }
    }
    return { edges, counts };
  }

  #note(): DistributionNote | undefined {
    if (this.#moments.weight === 0) return this.#invalid === 0 ? "all_missing" : "mixed_types";
    if (this.#profile.isMixed) return "mixed_types";
    return this.#moments.smallest === this.#moments.largest ? "constant" : undefined;
  }
}

class CategoricalCounts implements DistributionCounts {
  readonly #profile: ColumnProfile;
  readonly #counts = new Map<string, number>();
  #uncounted = 0;
  #missing = 0;

  constructor(profile: ColumnProfile, isContinued: boolean) {
    this.#profile = profile;
    for (const [value, count] of profile.values.entries()) {
      const word = categoryOf(value);
      this.#counts.set(word, (this.#counts.get(word) ?? 0) + (isContinued ? count : 0));
    }
    if (!isContinued) return;
    const counted = [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
    this.#uncounted = Math.max(0, profile.moments.weight + profile.invalid - counted);
    this.#missing = profile.missing;
  }

  add(cell: Cell, weight: number): void {
    if (cell === null || cell === undefined || (typeof cell === "number" && Number.isNaN(cell))) {
      this.#missing += weight;
      return;
    }
    const word = categoryOf(cell);
    const count = this.#counts.get(word);
    if (count === undefined) this.#uncounted += weight;
    else this.#counts.set(word, count + weight);
  }

  finish(): CategoricalDistribution {
    const ordered = [...this.#counts].filter(([, count]) => count > 0).sort(byCount);
    const counted = ordered.reduce((sum, [, count]) => sum + count, 0);
    const total = counted + this.#uncounted + this.#missing;
    const frequent = ordered.slice(0, maxValues).filter(([, count]) => count >= minShare * total);
    const rare = ordered.slice(frequent.length);
    const isRareComplete = this.#uncounted === 0 && rare.length <= maxRareListLength;
    const note = this.#note(ordered.length, isRareComplete);
    return {
      name: this.#profile.name,
      kind: "categorical",
      values: frequent.map(([value]) => value),
      counts: frequent.map(([, count]) => count),
      other: this.#uncounted + rare.reduce((sum, [, count]) => sum + count, 0),
      rareValues: rare.slice(0, maxRareListLength).map(([value]) => value),
      isRareComplete,
      missing: this.#missing,
      distinct: this.#profile.values.isExact ? ordered.length : this.#profile.values.distinct,
      ...(note === undefined ? {} : { note }),
    };
  }

  #note(distinct: number, isRareComplete: boolean): DistributionNote | undefined {
    if (distinct === 0 && this.#uncounted === 0) return "all_missing";
    if (this.#profile.isMixed) return "mixed_types";
    if (!isRareComplete) return "many_values";
    return distinct === 1 ? "constant" : undefined;
  }
}

/** Most frequent first; of equal ones the one that sorts first, so that the same input gives the same file. */
function byCount(a: readonly [string, number], b: readonly [string, number]): number {
  if (a[1] !== b[1]) return b[1] - a[1];
  return a[0] < b[0] ? -1 : 1;
}
