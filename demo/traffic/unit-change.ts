/** What goes wrong in the demonstration: from some moment on, clients send one feature in another unit. */
import type { LabelledRows } from "./labelled-rows.ts";

/** A feature whose numbers change, and nothing else does. */
export interface UnitChange {
  readonly feature: string;
  readonly factor: number;
  /** The change in words, to print after the feature's name. */
  readonly words: string;
}

/** The change that the demonstration makes. */
export const unitChange: UnitChange = {
  feature: "mean radius",
  factor: 10,
  words: "in another unit: ten times the number, as if centimetres had become millimetres",
};

/** The same rows with one feature in the other unit. Throws when they have no such feature. */
export function changeUnit(rows: LabelledRows, { feature, factor }: UnitChange): LabelledRows {
  const changed = rows.features.indexOf(feature);
  if (changed < 0) {
    throw new Error(`there is no feature ${feature}; the features are ${rows.features.join(", ")}`);
  }
  return {
    ...rows,
    rows: rows.rows.map((row) => row.map((value, index) => (index === changed ? value * factor : value))),
  };
}
