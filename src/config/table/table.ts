/**
 * The configuration table: every field once, in the order of the reference. The type, defaults, schema, flags,
 * environment variables and documentation are derived from it.
 */
import type { Field, FieldValue } from "./field.ts";
import { driftFields, inferenceFields, labelsFields, redisFields, registryFields } from "../fields/body-telemetry.ts";
import { memoryFields, readingFields, tapFields } from "../fields/capture.ts";
import { limitsFields } from "../fields/limits.ts";
import { lokiFields } from "../fields/loki.ts";
import { adminFields, drainFields, logFields, metricsFields, readinessFields } from "../fields/operation.ts";
import { poolFields } from "../fields/pool.ts";
import { predictionsFields } from "../fields/predictions.ts";
import { redactionFields } from "../fields/redaction.ts";
import { modelFields, routesFields, topFields, upgradeFields } from "../fields/serving.ts";
import { timeoutsFields } from "../fields/timeouts.ts";

interface SectionTables {
  readonly admin: typeof adminFields;
  readonly model: typeof modelFields;
  readonly routes: typeof routesFields;
  readonly limits: typeof limitsFields;
  readonly timeouts: typeof timeoutsFields;
  readonly pool: typeof poolFields;
  readonly tap: typeof tapFields;
  readonly memory: typeof memoryFields;
  readonly reading: typeof readingFields;
  readonly inference: typeof inferenceFields;
  readonly drift: typeof driftFields;
  readonly labels: typeof labelsFields;
  readonly predictions: typeof predictionsFields;
  readonly redaction: typeof redactionFields;
  readonly loki: typeof lokiFields;
  readonly redis: typeof redisFields;
  readonly registry: typeof registryFields;
  readonly upgrade: typeof upgradeFields;
  readonly drain: typeof drainFields;
  readonly readiness: typeof readinessFields;
  readonly metrics: typeof metricsFields;
  readonly log: typeof logFields;
}

type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

type ValuesOf<Fields> = {
  readonly [Key in keyof Fields & string as CamelCase<Key>]: FieldValue<Fields[Key]>;
};

/**
 * The configuration as the program reads it: sections and fields in camelCase (`config.limits.headBytes`), every
 * value present, parsed and checked. `upstream` may be missing, for commands that work without it.
 */
export type Config = ValuesOf<typeof topFields> & {
  readonly [Section in keyof SectionTables]: ValuesOf<SectionTables[Section]>;
};

/** A group of fields; the section named `""` holds the fields at the top of the file. */
export interface Section {
  readonly name: "" | keyof SectionTables;
  readonly doc: string;
  readonly fields: Readonly<Record<string, Field>>;
}

/** All sections, in the order of the reference. */
export const sections: readonly Section[] = [
  { name: "", doc: "Fields at the top of the file: addresses and protocol.", fields: topFields },
  { name: "admin", doc: "The admin port: probes, scrapes and control.", fields: adminFields },
  {
    name: "model",
    doc: "Name and version of the model when the request's path does not name them.",
    fields: modelFields,
  },
  { name: "routes", doc: "Exceptions to the paths of the serving protocol.", fields: routesFields },
  { name: "limits", doc: "Bounds on requests and connections.", fields: limitsFields },
  { name: "timeouts", doc: "Maximum duration of each phase of a request.", fields: timeoutsFields },
  { name: "pool", doc: "Connections to the model server.", fields: poolFields },
  { name: "tap", doc: "Capture of bodies.", fields: tapFields },
  { name: "memory", doc: "Memory for telemetry.", fields: memoryFields },
  {
    name: "reading",
    doc: "How many bodies are read for features and predictions, and the CPU for it.",
    fields: readingFields,
  },
  {
    name: "inference",
    doc: "Where features and predictions are in the bodies, for servers that no serving protocol describes.",
    fields: inferenceFields,
  },
  { name: "drift", doc: "Drift detection: baseline, windows and thresholds.", fields: driftFields },
  { name: "labels", doc: "How labels (ground truth) are joined with predictions.", fields: labelsFields },
  {
    name: "predictions",
    doc: "The prediction log: what is logged, and where.",
    fields: predictionsFields,
  },
  { name: "redaction", doc: "What is removed from logged predictions.", fields: redactionFields },
  { name: "loki", doc: "The Loki server of the prediction log.", fields: lokiFields },
  { name: "redis", doc: "Redis shared by the replicas.", fields: redisFields },
  { name: "registry", doc: "MLflow tracking server.", fields: registryFields },
  { name: "upgrade", doc: "Protocol upgrades, such as WebSocket.", fields: upgradeFields },
  { name: "drain", doc: "Shutdown.", fields: drainFields },
  { name: "readiness", doc: "Readiness probes of the model server.", fields: readinessFields },
  { name: "metrics", doc: "Bounds of the metrics.", fields: metricsFields },
  { name: "log", doc: "The sidecar's own log on standard error.", fields: logFields },
];

/** A field with the names that are derived from its place in the table. */
export interface FieldRow {
  readonly section: Section["name"];
  readonly key: string;
  /** Path in the file, e.g. `limits.head_bytes`. */
  readonly path: string;
  /** E.g. `--limits-head-bytes`. */
  readonly flag: string;
  /** E.g. `OUTRIDER_LIMITS_HEAD_BYTES`. */
  readonly environment: string;
  readonly field: Field;
}

/** All fields with their names, in the order of the reference. */
export const fieldRows: readonly FieldRow[] = sections.flatMap((section) =>
  Object.entries(section.fields).map(([key, field]) => fieldRow(section.name, key, field)),
);

const rowsByPath: ReadonlyMap<string, FieldRow> = new Map(fieldRows.map((row) => [row.path, row]));

/** The row of a path such as `limits.head_bytes`; `undefined` if there is no such field. */
export function rowAt(path: string): FieldRow | undefined {
  return rowsByPath.get(path);
}

/** The flag of a field that has no other: `limits.head_bytes` → `--limits-head-bytes`. */
export function flagOf(path: string): string {
  return `--${path.replace(/[._]/g, "-")}`;
}

/** The environment variable of a field: `limits.head_bytes` → `OUTRIDER_LIMITS_HEAD_BYTES`. */
export function environmentOf(path: string): string {
  return `OUTRIDER_${path.replaceAll(".", "_").toUpperCase()}`;
}

/** The property name of a configuration field: `head_bytes` → `headBytes`. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function fieldRow(section: Section["name"], key: string, field: Field): FieldRow {
  const path = section === "" ? key : `${section}.${key}`;
  return {
    section,
    key,
    path,
    flag: field.flag ?? flagOf(path),
    environment: environmentOf(path),
    field,
  };
}
