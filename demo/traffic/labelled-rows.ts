import { readFileSync } from "node:fs";

/** Rows of numbers whose right answers are known. */
export interface LabelledRows {
  /** Column names, in the order of the numbers in each row. */
  readonly features: readonly string[];
  readonly rows: readonly (readonly number[])[];
  /** Index of the right class, one a row. */
  readonly labels: readonly number[];
}

/** The rows that come with the demonstration; demo/data/README.md says where they are from. */
export const breastCancerRowsUrl: URL = new URL("../data/breast-cancer.csv", import.meta.url);

/**
 * Reads a CSV file whose first line names the columns and whose last column is the class. Quoting is not understood.
 * Throws with the line's number when a line has another number of cells or a cell is not a number.
 */
export function readLabelledRows(url: URL = breastCancerRowsUrl): LabelledRows {
  const [header = "", ...lines] = readFileSync(url, "utf8").trimEnd().split("\n");
  const columns = header.split(",");
  const table = lines.map((line, index) => {
    const cells = line.split(",").map(Number);
    if (cells.length !== columns.length || !cells.every(Number.isFinite)) {
      throw new Error(`${url.pathname}: line ${index + 2} is not ${columns.length} numbers separated by commas`);
    }
    return cells;
  });
  return {
    features: columns.slice(0, -1),
    rows: table.map((cells) => cells.slice(0, -1)),
    labels: table.map((cells) => cells.at(-1) ?? 0),
  };
}
