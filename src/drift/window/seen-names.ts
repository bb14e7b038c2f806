/** Names found in a window that the baseline does not have, for the report. Bounded; JSON-able. */
export interface SeenNames {
  /** Columns that the baseline does not have, with the number of rows that had them. */
  readonly unknownColumns: readonly { readonly name: string; readonly rows: number }[];
  /** Examples of values that the baseline does not have, by feature. */
  readonly newValues: readonly { readonly name: string; readonly values: readonly string[] }[];
  /** Columns (counted in each request) and values that were left out because there were too many. */
  readonly droppedColumns: number;
  readonly droppedValues: number;
}

/** Bounds on the names that are kept. */
export const seenNameLimits = { columns: 50, valuesPerFeature: 20, values: 400, nameLength: 128 } as const;

/** Collects {@link SeenNames}, within {@link seenNameLimits}. */
export class NameCollector {
  readonly #columns = new Map<string, number>();
  readonly #values = new Map<string, Set<string>>();
  #valueCount = 0;
  #droppedColumns = 0;
  #droppedValues = 0;

  /** Notes a column and the number of rows that had it. */
  addColumn(name: string, rows: number): void {
    const key = bounded(name);
    const known = this.#columns.get(key);
    if (known === undefined && this.#columns.size >= seenNameLimits.columns) {
      this.#droppedColumns++;
    } else {
      this.#columns.set(key, (known ?? 0) + rows);
    }
  }

  /** Counts columns that were left out. */
  dropColumns(columns: number): void {
    this.#droppedColumns += columns;
  }

  /** Notes a value of a feature; the same value counts once. */
  addValue(feature: string, value: string): void {
    const key = bounded(value);
    const known = this.#values.get(feature);
    if (known?.has(key) === true) return;
    if (this.#valueCount >= seenNameLimits.values || (known?.size ?? 0) >= seenNameLimits.valuesPerFeature) {
      this.#droppedValues++;
      return;
    }
    this.#valueCount++;
    if (known === undefined) this.#values.set(feature, new Set([key]));
    else known.add(key);
  }

  /** Adds the names that another window or replica found. */
  add(names: SeenNames): void {
    for (const { name, rows } of names.unknownColumns) this.addColumn(name, rows);
    for (const { name, values } of names.newValues) {
      for (const value of values) this.addValue(name, value);
    }
    this.#droppedColumns += names.droppedColumns;
    this.#droppedValues += names.droppedValues;
  }

  /** The names found so far. */
  names(): SeenNames {
    return {
      unknownColumns: Array.from(this.#columns, ([name, rows]) => ({ name, rows })),
      newValues: Array.from(this.#values, ([name, values]) => ({ name, values: [...values] })),
      droppedColumns: this.#droppedColumns,
      droppedValues: this.#droppedValues,
    };
  }
}

/** True for a value of the shape that {@link NameCollector.names} returns, e.g. from another process's JSON. */
export function areNames(value: unknown): value is SeenNames {
  if (typeof value !== "object" || value === null) return false;
  const { unknownColumns, newValues, droppedColumns, droppedValues } = value as SeenNames;
  const hasNames = (list: unknown): list is readonly { readonly name: unknown }[] =>
    Array.isArray(list) && list.every((entry) => typeof (entry as { name?: unknown } | null)?.name === "string");
  return (
    hasNames(unknownColumns) &&
    unknownColumns.every(({ rows }) => Number.isFinite(rows)) &&
    hasNames(newValues) &&
    newValues.every(({ values }) => Array.isArray(values) && values.every((word) => typeof word === "string")) &&
    Number.isFinite(droppedColumns) &&
    Number.isFinite(droppedValues)
  );
}

/** Result of {@link NameCollector.names} before any name was found. */
export const noNames: SeenNames = { unknownColumns: [], newValues: [], droppedColumns: 0, droppedValues: 0 };

function bounded(name: string): string {
  return name.length > seenNameLimits.nameLength ? `${name.slice(0, seenNameLimits.nameLength - 1)}…` : name;
}
