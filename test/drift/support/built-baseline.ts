import type { Baseline, CategoricalDistribution, NumericDistribution } from "../../../src/drift/baseline/baseline.ts";
import {
  BaselineProfiler,
  type BuildOptions,
  type BuiltBaseline,
} from "../../../src/drift/baseline/baseline-builder.ts";
import type { Cell, FeatureTable } from "../../../src/payload/body-content.ts";
import { seededRandom } from "../../../src/sketch/seeded-random.ts";

/** A table from its columns. */
export function tableOf(columns: Readonly<Record<string, readonly Cell[]>>): FeatureTable {
  const names = Object.keys(columns);
  const rowCount = Object.values(columns)[0]?.length ?? 0;
  const cells = Array.from({ length: rowCount }, (_, row) => names.map((name) => columns[name]?.[row])).flat();
  return { columns: { names, isPositional: false }, rowCount, cells };
}

type Options = Partial<Omit<BuildOptions, "roles">> & { readonly roles?: Partial<BuildOptions["roles"]> };

/** Builds a baseline of tables as the command does. */
export function built(tables: readonly FeatureTable[], { roles, ...options }: Options = {}): BuiltBaseline {
  const profiler = new BaselineProfiler({
    categorical: new Set(),
    numeric: new Set(),
    positive: "",
    maxBytes: 2 ** 26,
    random: seededRandom(1),
    ...options,
    roles: {
      prediction: undefined,
      label: undefined,
      score: undefined,
      weight: undefined,
      exclude: new Set(),
      ...roles,
    },
  });
  for (const table of tables) profiler.add(table);
  const counter = profiler.finish();
  for (const table of tables) counter.add(table);
  return counter.finish({
    createdAt: "2026-01-02T03:04:05.678Z",
    source: { kind: "file", name: "train.csv", digest: `sha256:${"0".repeat(64)}` },
  });
}

/** A feature of a baseline, which must be numeric. */
export function numeric(baseline: Baseline, name: string): NumericDistribution {
  const found = baseline.features.find((feature) => feature.name === name);
  if (found?.kind !== "numeric") throw new Error(`${name} is not numeric`);
  return found;
}

/** A feature of a baseline, which must be categorical. */
export function categorical(baseline: Baseline, name: string): CategoricalDistribution {
  const found = baseline.features.find((feature) => feature.name === name);
  if (found?.kind !== "categorical") throw new Error(`${name} is not categorical`);
  return found;
}

/** How many rows a distribution stands for. */
export function rowsOf(distribution: NumericDistribution | CategoricalDistribution): number {
  const counted = distribution.counts.reduce((sum, count) => sum + count, distribution.missing);
  return counted + (distribution.kind === "numeric" ? distribution.invalid : distribution.other);
}
