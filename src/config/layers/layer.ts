/** One source of values, read but not yet parsed. */
import type { Mistake } from "../mistake.ts";
import type { Origin } from "../origin.ts";
import type { FieldRow } from "../table/table.ts";

/** A value that a source gives for a field. */
export interface Entry {
  readonly row: FieldRow;
  /** As the field's schema accepts it. */
  readonly input: unknown;
  readonly origin: Origin;
}

/** The values of a source, and the mistakes found while reading it, such as unknown names. */
export interface Layer {
  readonly entries: readonly Entry[];
  readonly mistakes: readonly Mistake[];
}
