/** Turns the values that clients send, by row or by column, into rows of numbers in the model's order. */

/** Rows in the model's order, or what is wrong with the values in words for the client. */
export type RowsResult =
  | { readonly kind: "rows"; readonly rows: readonly (readonly number[])[] }
  | { readonly kind: "mistake"; readonly message: string };

/** True for a JSON object: not null, not a list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads a list of rows; a row is a list in the model's order, or an object from feature name to number. Other names in an object are ignored. */
export function rowsFromList(value: unknown, features: readonly string[]): RowsResult {
  if (!Array.isArray(value)) {
    return mistake("a list of rows is expected");
  }
  if (value.length === 0) {
    return mistake("at least one row is expected");
  }
  return collect(
    value.map((row: unknown) => (isRecord(row) ? rowFromRecord(row, features) : rowFromCells(row, features))),
  );
}

/** Reads an object from feature name to the list of its values, one a row; a bare number stands for a list of one. */
export function rowsFromColumns(value: Readonly<Record<string, unknown>>, features: readonly string[]): RowsResult {
  const missing = features.filter((name) => !(name in value));
  if (missing.length > 0) {
    return mistake(missingColumns(missing));
  }
  const columns = features.map((name) => {
    const column: unknown = value[name];
    return Array.isArray(column) ? (column as unknown[]) : [column];
  });
  const length = columns[0]?.length ?? 0;
  if (columns.some((column) => column.length !== length)) {
    return mistake("all columns must have the same number of values");
  }
  return rowsFromList(
    Array.from({ length }, (_, row) => columns.map((column) => singleValue(column[row]))),
    features,
  );
}

/** Reads rows whose cells stand in the order of `columns`; columns the model does not know are ignored. */
export function rowsFromTable(columns: readonly unknown[], data: unknown, features: readonly string[]): RowsResult {
  const places = features.map((name) => columns.indexOf(name));
  const missing = features.filter((_, index) => places[index] === -1);
  if (missing.length > 0) {
    return mistake(missingColumns(missing));
  }
  if (!Array.isArray(data)) {
    return mistake("a list of rows is expected");
  }
  const bad = data.findIndex((row: unknown) => !Array.isArray(row) || row.length !== columns.length);
  if (bad !== -1) {
    return mistake(`row ${bad} does not have ${columns.length} values, one for each column`);
  }
  return rowsFromList(
    (data as unknown[][]).map((row) => places.map((place) => row[place])),
    features,
  );
}

type RowResult =
  | { readonly kind: "row"; readonly row: readonly number[] }
  | { readonly kind: "mistake"; readonly message: string };

const mistake = (message: string): { kind: "mistake"; message: string } => ({ kind: "mistake", message });

const missingColumns = (names: readonly string[]): string =>
  `Model is missing inputs [${names.map((name) => `'${name}'`).join(", ")}].`;

/** A column of shape [n, 1] gives each value in a list of its own. */
const singleValue = (value: unknown): unknown =>
  Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value;

function collect(readings: readonly RowResult[]): RowsResult {
  const rows: (readonly number[])[] = [];
  for (const [index, reading] of readings.entries()) {
    if (reading.kind === "mistake") {
      return mistake(`row ${index}: ${reading.message}`);
    }
    rows.push(reading.row);
  }
  return { kind: "rows", rows };
}

function rowFromRecord(record: Readonly<Record<string, unknown>>, features: readonly string[]): RowResult {
  const missing = features.filter((name) => !(name in record));
  if (missing.length > 0) {
    return mistake(missingColumns(missing));
  }
  return rowFromCells(
    features.map((name) => record[name]),
    features,
  );
}

function rowFromCells(cells: unknown, features: readonly string[]): RowResult {
  if (!Array.isArray(cells) || cells.length !== features.length) {
    return mistake(`${features.length} values are expected`);
  }
  const row = cells.map((cell: unknown) => toNumber(cell));
  const bad = row.findIndex((number) => !Number.isFinite(number));
  if (bad !== -1) {
    return mistake(`Failed to convert column ${features[bad] ?? bad} to type 'float64'.`);
  }
  return { kind: "row", row };
}

/** Numbers in quotes count, as they do for the servers that this one resembles; NaN marks everything else. */
function toNumber(cell: unknown): number {
  if (typeof cell === "number") {
    return cell;
  }
  return typeof cell === "string" && cell.trim() !== "" ? Number(cell) : Number.NaN;
}
