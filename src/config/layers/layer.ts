/** One source of values, read but not yet checked. */
import type { Mistake } from "../mistake.ts";
import type { Origin } from "../origin.ts";
import type { FieldRow } from "../table/table.ts";

/** A value that a source gives for a field. */
export interface Entry {
  readonly row: FieldRow;
  /** As the field's schema takes it. */
  readonly input: unknown;
  readonly origin: Origin;
}

/** What a source gave, and what in it was no field at all. */
export interface Layer {
  readonly entries: readonly Entry[];
  readonly mistakes: readonly Mistake[];
}
