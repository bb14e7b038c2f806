/** The columns of an exported data set, and their values for each record. */
import type { ColumnType, RowCell, RowColumn } from "../../datasets/row-writer.ts";
import type { PredictionRecord, RecordValue } from "../../prediction-log/prediction-record.ts";

/** A column, and how to get its value. */
export interface ExportColumn extends RowColumn {
  readonly isFeature: boolean;
  /** Its name without the prefix that avoids a clash with a feature. */
  readonly plainName: string;
  readonly valueOf: (record: PredictionRecord, row: number) => RowCell;
}

/** Number of rows of a record: those of its features, or of its predictions when it has no features. */
export function rowsOf({ features = [], prediction = [] }: PredictionRecord): number {
  return Math.max(features.length, prediction.length);
}

/** Collects the columns of all records. Memory: one name per feature. */
export class ColumnCensus {
  readonly #features: Map<string, ColumnType | undefined> = new Map();
  #prediction: ColumnType | undefined;
  #hasScore = false;
  #hasLabelId = false;

  /** Number of features so far. */
  get features(): number {
    return this.#features.size;
  }

  /** Adds the columns of a record. */
  add({ features = [], prediction = [], score = [], label_id: labelId }: PredictionRecord): void {
    for (const row of features) {
      for (const [name, value] of Object.entries(row)) {
        this.#features.set(name, joinedType(this.#features.get(name), value));
      }
    }
    for (const value of prediction) this.#prediction = joinedType(this.#prediction, value);
    this.#hasScore ||= score.length > 0;
    this.#hasLabelId ||= labelId !== undefined;
  }

  /** All columns: features in the order of their first record, then the others. */
  columns(isForBaseline: boolean): readonly ExportColumn[] {
    const features = [...this.#features].map(([name, type]): ExportColumn => {
      const valueOf = ({ features: rows }: PredictionRecord, row: number): RowCell => ownValue(rows?.[row], name);
      return { name, plainName: name, type: type ?? "string", isFeature: true, valueOf };
    });
    const taken = new Set(this.#features.keys());
    const others = isForBaseline ? this.#roles(this.#hasScore) : [...this.#roles(true), ...this.#facts()];
    // Weight is last, because it does not describe the request.
    return [...features, ...[...others, weight].map((column) => named(column, taken))];
  }

  #roles(withScore: boolean): readonly PlainColumn[] {
    const prediction: PlainColumn = {
      name: "prediction",
      type: this.#prediction ?? "string",
      valueOf: ({ prediction: values }, row) => values?.[row],
    };
    return withScore ? [prediction, score] : [prediction];
  }

  #facts(): readonly PlainColumn[] {
    return facts.filter(({ name }) => name !== "label_id" || this.#hasLabelId);
  }
}

type PlainColumn = Pick<ExportColumn, "name" | "type" | "valueOf">;

const score: PlainColumn = { name: "score", type: "number", valueOf: ({ score: values }, row) => values?.[row] };

const weight: PlainColumn = {
  name: "weight",
  type: "number",
  valueOf: ({ sampling }) => 1 / sampling.probability,
};

const facts: readonly PlainColumn[] = (
  ["request_id", "label_id", "time", "model", "version", "variant", "outcome"] as const
).map((name) => ({ name, type: "string", valueOf: (record) => record[name] }));

function named(column: PlainColumn, taken: Set<string>): ExportColumn {
  let { name } = column;
  while (taken.has(name)) name = `outrider_${name}`;
  taken.add(name);
  return { ...column, name, plainName: column.name, isFeature: false };
}

/** A feature may be called like a property of every object, e.g. `constructor`. */
function ownValue(row: Readonly<Record<string, RecordValue>> | undefined, name: string): RowCell {
  return row !== undefined && Object.hasOwn(row, name) ? row[name] : undefined;
}

function joinedType(before: ColumnType | undefined, value: RecordValue): ColumnType | undefined {
  if (value === null) return before;
  const type = typeof value as ColumnType;
  return before === undefined || before === type ? type : "string";
}
