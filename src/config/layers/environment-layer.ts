/** Reads `OUTRIDER_*` environment variables. */
import { rulesOf } from "../table/kinds.ts";
import type { Entry, Layer } from "./layer.ts";
import type { Mistake } from "../mistake.ts";
import { nearestName } from "../../text/nearest-name.ts";
import { removedVariable } from "../table/removed-fields.ts";
import { fieldRows, type FieldRow } from "../table/table.ts";

/** Environment variables as Node gives them. */
export type Environment = Readonly<Record<string, string | undefined>>;

const prefix = "OUTRIDER_";

/** The variable with the path of the configuration file, like `--config`. */
export const configFileVariable = "OUTRIDER_CONFIG";

/**
 * Kubernetes puts the address of every service of the namespace into every pod; for services whose name begins with
 * `outrider` these are `OUTRIDER_SERVICE_HOST`, `OUTRIDER_PORT`, `OUTRIDER_PORT_18080_TCP_ADDR` and similar.
 */
const serviceLink =
  /^OUTRIDER_(?:[A-Z0-9_]+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)$/;

const rowsByName: ReadonlyMap<string, FieldRow> = new Map(fieldRows.map((row) => [row.environment, row]));

/**
 * The values that the environment gives. An unknown name that begins with `OUTRIDER_` is a mistake, except for
 * the variables that Kubernetes sets for services. Other names are ignored.
 */
export function environmentLayer(environment: Environment): Layer {
  const entries: Entry[] = [];
  const mistakes: Mistake[] = [];
  for (const [name, text] of Object.entries(environment)) {
    const row = rowsByName.get(name);
    if (row !== undefined && text !== undefined) {
      entries.push({ row, input: rulesOf(row.field).fromText(text), origin: { kind: "environment", name } });
    } else if (isUnknown(name)) {
      mistakes.push(unknownVariable(name));
    }
  }
  return { entries, mistakes };
}

function isUnknown(name: string): boolean {
  return name.startsWith(prefix) && name !== configFileVariable && !serviceLink.test(name);
}

function unknownVariable(name: string): Mistake {
  const origin = { kind: "environment", name } as const;
  const removed = removedVariable(name);
  if (removed !== undefined) return { origin, path: "", problem: removed };
  // The common prefix would make all names look alike.
  const words = [...rowsByName.keys(), configFileVariable].map((known) => known.slice(prefix.length));
  const nearest = nearestName(name.slice(prefix.length), words);
  return {
    origin,
    path: "",
    problem: "unknown environment variable",
    ...(nearest === undefined ? {} : { nearest: `${prefix}${nearest}` }),
  };
}
