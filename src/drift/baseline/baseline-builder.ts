/**
 * Builds a baseline from tables in two passes: the first profiles the columns (their kinds, the edges of their
 * bins), the second counts every row into cells. Memory does not grow with the rows.
 */
import type { Cell, FeatureTable } from "../../payload/reading.ts";
import {
  baselineFormatVersion,
  maxFeatures,
  type Baseline,
  type BaselineSource,
  type Distribution,
} from "./baseline.ts";
import { ColumnProfile, type ProfileOptions, type WantedKind } from "./column-profile.ts";
import {
  cellAt,
  RolePlanner,
  rowWeights,
  type ColumnRoles,
  type PlannedTable,
  confidenceCell,
} from "./column-roles.ts";
import { distributionCounts, type DistributionCounts } from "./distribution-counts.ts";
import { QualityCounts } from "./quality-counts.ts";
import { RoleValues } from "./role-values.ts";

/** Options of {@link BaselineProfiler}. */
export interface BuildOptions {
  readonly roles: ColumnRoles;
  readonly categorical: ReadonlySet<string>;
  readonly numeric: ReadonlySet<string>;
  /** The class whose probability the score is; empty when the score is the confidence in the prediction. */
  readonly positive: string;
  /** Memory for samples of numbers, and for counting values, over all columns. */
  readonly maxBytes: number;
  /** Numbers in [0, 1). */
  readonly random: () => number;
}

/** Bounds on the memory for the numbers, and for the values, of one column. */
const minColumnBytes = 16 * 2 ** 10;
const maxNumberBytes = 8 * 2 ** 20;
const maxValueBytes = 2 * 2 ** 20;

/** The first pass: profiles the columns. */
export class BaselineProfiler {
  /** Values of the columns with a role, of the rows that were added. */
  readonly roleValues: RoleValues;
  readonly #options: BuildOptions;
  readonly #planner: RolePlanner;
  readonly #features = new Map<string, ColumnProfile>();
  readonly #dropped = new Set<string>();
  #columnBytes = 0;
  #prediction: ColumnProfile | undefined;
  #confidence: ColumnProfile | undefined;

  constructor(options: BuildOptions) {
    this.#options = options;
    this.roleValues = new RoleValues(options.positive);
    this.#planner = new RolePlanner(options.roles);
  }

  /** Profiles the rows of a table. */
  add(table: FeatureTable): void {
    const planned = this.#planner.plan(table);
    const { plan } = planned;
    const weights = rowWeights(planned, this.#options.roles.weight !== undefined).of;
    if (this.#columnBytes === 0) this.#columnBytes = this.#bytesOfEach(plan.features.length);
    for (const { name, at } of plan.features) {
      const column = this.#features.get(name) ?? this.#addFeature(name);
      if (column !== undefined) forEachRow(planned, at, weights, (cell, weight) => column.add(cell, weight));
    }
    this.#addTargets(planned, weights);
  }

  /** The counter for the second pass. No table may be added afterwards. */
  finish(): BaselineCounter {
    return new BaselineCounter(this.#options, {
      features: [...this.#features.values()],
      prediction: this.#prediction,
      confidence: this.#confidence,
      droppedColumns: this.#dropped.size,
    });
  }

  #addTargets(planned: PlannedTable, weights: Float64Array): void {
    const { plan } = planned;
    const { roles, positive } = this.#options;
    if (roles.prediction !== undefined) {
      const column = (this.#prediction ??= this.#newProfile(roles.prediction, true));
      forEachRow(planned, plan.prediction, weights, (cell, weight) => {
        column.add(cell, weight);
        this.roleValues.addClass(cell);
      });
    }
    if (roles.label !== undefined && positive !== "") {
      forEachRow(planned, plan.label, weights, (cell) => this.roleValues.addClass(cell));
    }
    if (roles.score !== undefined) {
      const column = (this.#confidence ??= this.#newProfile("confidence", false, "numeric"));
      forEachRow(planned, plan.score, weights, (cell, weight) => {
        column.add(confidenceCell(cell, positive !== ""), weight);
        this.roleValues.addScore(cell);
      });
    }
  }

  #addFeature(name: string): ColumnProfile | undefined {
    if (this.#features.size >= maxFeatures) {
      if (this.#dropped.size < maxFeatures) this.#dropped.add(name);
      return undefined;
    }
    const profile = this.#newProfile(name, false);
    this.#features.set(name, profile);
    return profile;
  }

  #newProfile(name: string, isTarget: boolean, wanted: WantedKind = this.#wanted(name)): ColumnProfile {
    const isWeighted = this.#options.roles.weight !== undefined;
    const options: ProfileOptions = {
      wanted,
      isTarget,
      isWeighted,
      numbers: Math.min(maxNumberBytes, this.#columnBytes) / Float64Array.BYTES_PER_ELEMENT / (isWeighted ? 2 : 1),
      categoryBytes: Math.min(maxValueBytes, this.#columnBytes),
      random: this.#options.random,
    };
    return new ColumnProfile(name, options);
  }

  #wanted(name: string): WantedKind {
    if (this.#options.categorical.has(name)) return "categorical";
    return this.#options.numeric.has(name) ? "numeric" : "auto";
  }

  #bytesOfEach(columns: number): number {
    const share = Math.floor(this.#options.maxBytes / 2 / (columns + 2));
    return Math.max(minColumnBytes, share);
  }
}

/** Origin of the rows. */
type SourceName = Omit<BaselineSource, "rows" | "weightedRows">;

/** Results of the first pass. */
interface Profiles {
  readonly features: readonly ColumnProfile[];
  readonly prediction: ColumnProfile | undefined;
  readonly confidence: ColumnProfile | undefined;
  readonly droppedColumns: number;
}

/** A column's profile and its counters for the second pass. */
interface CountedColumn {
  readonly profile: ColumnProfile;
  readonly counts: DistributionCounts;
  /** Weight of the rows of tables that had the column. */
  weight: number;
}

/** A finished baseline, and facts about its building for a report. */
export interface BuiltBaseline {
  readonly baseline: Baseline;
  /** The profiles of the columns, features first; for a report. */
  readonly profiles: readonly ColumnProfile[];
  readonly droppedColumns: number;
  /** Rows left out because their weight was not a number of at least 0. */
  readonly unweightedRows: number;
}

/** The second pass: add the same tables again. */
export class BaselineCounter {
  readonly #options: BuildOptions;
  readonly #profiles: Profiles;
  readonly #planner: RolePlanner;
  readonly #features: ReadonlyMap<string, CountedColumn>;
  readonly #prediction: CountedColumn | undefined;
  readonly #confidence: CountedColumn | undefined;
  readonly #quality: QualityCounts | undefined;
  #weight = 0;
  #rows = 0;
  #unweightedRows = 0;

  constructor(options: BuildOptions, profiles: Profiles) {
    const { roles, positive } = options;
    this.#options = options;
    this.#profiles = profiles;
    this.#planner = new RolePlanner(roles);
    this.#features = new Map(profiles.features.map((profile) => [profile.name, counted(profile)]));
    this.#prediction = profiles.prediction && counted(profiles.prediction);
    this.#confidence = profiles.confidence && counted(profiles.confidence);
    this.#quality =
      roles.label === undefined
        ? undefined
        : new QualityCounts({
            hasPrediction: roles.prediction !== undefined,
            hasScore: roles.score !== undefined,
            isNumeric: profiles.prediction?.kind === "numeric",
            positive,
          });
  }

  /** Counts the rows of a table. */
  add(table: FeatureTable): void {
    const planned = this.#planner.plan(table);
    const { plan } = planned;
    const weights = rowWeights(planned, this.#options.roles.weight !== undefined);
    this.#weight += weights.sum;
    this.#rows += table.rowCount - weights.unusable;
    this.#unweightedRows += weights.unusable;
    for (const { name, at } of plan.features) {
      const column = this.#features.get(name);
      if (column === undefined) continue;
      column.weight += weights.sum;
      forEachRow(planned, at, weights.of, (cell, weight) => column.counts.add(cell, weight));
    }
    this.#addTargets(planned, weights.of);
  }

  /** The baseline of the rows that were counted. */
  finish(about: Pick<Baseline, "createdAt" | "model"> & { readonly source: SourceName }): BuiltBaseline {
    const prediction = this.#prediction?.counts.finish();
    const confidence = this.#confidence?.counts.finish();
    const quality = this.#quality?.finish();
    const { features, droppedColumns } = this.#profiles;
    const baseline: Baseline = {
      format: "outrider-baseline",
      version: baselineFormatVersion,
      createdAt: about.createdAt,
      source: this.#sourceOf(about.source),
      ...(about.model === undefined ? {} : { model: about.model }),
      features: [...this.#features.values()].map((column) => withAbsent(column, this.#weight)),
      ...(prediction === undefined ? {} : { prediction }),
      ...(confidence?.kind === "numeric" ? { confidence } : {}),
      ...(quality === undefined ? {} : { quality }),
    };
    return {
      baseline,
      profiles: [...features, ...[this.#profiles.prediction].filter((profile) => profile !== undefined)],
      droppedColumns,
      unweightedRows: this.#unweightedRows,
    };
  }

  #sourceOf(name: SourceName): BaselineSource {
    const isWeighted = this.#options.roles.weight !== undefined;
    return { ...name, rows: this.#weight, ...(isWeighted ? { weightedRows: this.#rows } : {}) };
  }

  #addTargets(planned: PlannedTable, weights: Float64Array): void {
    const { table, plan } = planned;
    const isPositiveProbability = this.#options.positive !== "";
    for (let row = 0; row < table.rowCount; row++) {
      const weight = weights[row]!;
      if (weight === 0) continue;
      const prediction = cellAt(planned, row, plan.prediction);
      const score = cellAt(planned, row, plan.score);
      this.#prediction?.counts.add(prediction, weight);
      this.#confidence?.counts.add(confidenceCell(score, isPositiveProbability), weight);
      this.#quality?.add({ prediction, label: cellAt(planned, row, plan.label), score, weight });
    }
  }
}

function counted(profile: ColumnProfile): CountedColumn {
  return { profile, counts: distributionCounts(profile, false), weight: 0 };
}

/** Rows of tables without the column lack its value. */
function withAbsent(column: CountedColumn, weight: number): Distribution {
  const distribution = column.counts.finish();
  const absent = Math.max(0, weight - column.weight);
  return absent === 0 ? distribution : { ...distribution, missing: distribution.missing + absent };
}

/** Calls `take` for each row that counts. */
function forEachRow(
  planned: PlannedTable,
  at: number,
  weights: Float64Array,
  take: (cell: Cell, weight: number) => void,
): void {
  for (let row = 0; row < weights.length; row++) {
    const weight = weights[row]!;
    if (weight > 0) take(cellAt(planned, row, at), weight);
  }
}
