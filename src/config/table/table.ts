/**
 * The configuration table: every field once, in the order in which the reference shows them. Type, defaults, schema,
 * flags, environment names and documentation all follow from it.
 */
import type { Field, FieldValue } from "./field.ts";
import {
  driftFields,
  inferenceFields,
  labelsFields,
  readingFields,
  redisFields,
  registryFields,
} from "../fields/body-telemetry.ts";
import { limitsFields } from "../fields/limits.ts";
import { lokiFields } from "../fields/loki.ts";
import { adminFields, drainFields, logFields, metricsFields, readinessFields } from "../fields/operation.ts";
import { predictionsFields } from "../fields/predictions.ts";
import { redactionFields } from "../fields/redaction.ts";
import { modelFields, routesFields, topFields, upgradeFields } from "../fields/serving.ts";
import { timeoutsFields } from "../fields/timeouts.ts";
import { poolFields, tapFields } from "../fields/upstream-connections.ts";

interface SectionTables {
  readonly admin: typeof adminFields;
  readonly model: typeof modelFields;
  readonly routes: typeof routesFields;
  readonly limits: typeof limitsFields;
  readonly timeouts: typeof timeoutsFields;
  readonly pool: typeof poolFields;
  readonly tap: typeof tapFields;
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
 * value present, converted and checked. `upstream` alone may be missing, for commands that can do without.
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

/** All sections in order. */
export const sections: readonly Section[] = [
  { name: "", doc: "Fields at the top of the file: what stands where.", fields: topFields },
  { name: "admin", doc: "The port for probes, scrapes and control.", fields: adminFields },
  { name: "model", doc: "What the model is called when the request's path does not say it.", fields: modelFields },
  { name: "routes", doc: "Exceptions to the serving protocol's own table of paths.", fields: routesFields },
  { name: "limits", doc: "How much a client may send and how much may be open at once.", fields: limitsFields },
  { name: "timeouts", doc: "How long each phase of a request may last.", fields: timeoutsFields },
  { name: "pool", doc: "Connections to the model server.", fields: poolFields },
  { name: "tap", doc: "Copies of the first bytes of bodies, for observers.", fields: tapFields },
  { name: "reading", doc: "How much of the bodies is read for predictions, and at what price.", fields: readingFields },
  {
    name: "inference",
    doc: "Where features and predictions stand in the bodies, for servers that no protocol describes.",
    fields: inferenceFields,
  },
  { name: "drift", doc: "What live traffic is held against, and when a difference counts.", fields: driftFields },
  { name: "labels", doc: "How true answers find the predictions they belong to.", fields: labelsFields },
  {
    name: "predictions",
    doc: "The log of predictions: which are kept, how much of them, and where they go.",
    fields: predictionsFields,
  },
  { name: "redaction", doc: "What is taken out of logged predictions.", fields: redactionFields },
  { name: "loki", doc: "The Loki that logged predictions go to.", fields: lokiFields },
  { name: "redis", doc: "Where replicas of one model meet.", fields: redisFields },
  { name: "registry", doc: "The MLflow server that knows the model.", fields: registryFields },
  { name: "upgrade", doc: "Connections that stop being HTTP.", fields: upgradeFields },
  { name: "drain", doc: "How the sidecar goes.", fields: drainFields },
  { name: "readiness", doc: "How the model server is asked whether it can serve.", fields: readinessFields },
  { name: "metrics", doc: "What the metrics may hold.", fields: metricsFields },
  { name: "log", doc: "The sidecar's own log on standard error.", fields: logFields },
];

/** One field with the names that follow from its place in the table. */
export interface FieldRow {
  readonly section: Section["name"];
  readonly key: string;
  /** Place in the file, e.g. `limits.head_bytes`. */
  readonly path: string;
  /** E.g. `--limits-head-bytes`. */
  readonly flag: string;
  /** E.g. `OUTRIDER_LIMITS_HEAD_BYTES`. */
  readonly environment: string;
  readonly field: Field;
}

/** All fields in order, with their names. */
export const fieldRows: readonly FieldRow[] = sections.flatMap((section) =>
  Object.entries(section.fields).map(([key, field]) => fieldRow(section.name, key, field)),
);

const rowsByPath: ReadonlyMap<string, FieldRow> = new Map(fieldRows.map((row) => [row.path, row]));

/** The row at a path of the file, or `undefined` when no field has it. */
export function rowAt(path: string): FieldRow | undefined {
  return rowsByPath.get(path);
}

/** `head_bytes` → `headBytes`. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function fieldRow(section: Section["name"], key: string, field: Field): FieldRow {
  const path = section === "" ? key : `${section}.${key}`;
  const words = path.replace(/[._]/g, "-");
  return {
    section,
    key,
    path,
    flag: field.flag ?? `--${words}`,
    environment: `OUTRIDER_${path.replaceAll(".", "_").toUpperCase()}`,
    field,
  };
}
