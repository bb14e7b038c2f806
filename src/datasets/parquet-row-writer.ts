import { ByteWriter, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";

import type { AppendPart, ColumnType, RowCell, RowColumn, RowWriter } from "./row-writer.ts";

/** Maximum size of a row group. Numbers take 8 bytes, text one or two bytes a character. */
const cellsOfGroup = 2 ** 18;
const charactersOfGroup = 2 ** 23;

const types = { number: "DOUBLE", boolean: "BOOLEAN", string: "STRING" } as const;

/** Writes Parquet, a row group at a time, compressed with Snappy. Every column may have missing values. */
export function parquetRowWriter(columns: readonly RowColumn[], append: AppendPart): RowWriter {
  const bytes = new ByteWriter();
  const flush = async (): Promise<void> => {
    await append(bytes.getBytes());
    bytes.index = 0;
  };
  const specs = columns.map(({ name, type }) => ({ name, type: types[type], nullable: true, data: [] }));
  const parquet = new ParquetWriter({
    writer: Object.assign(bytes, { flush, finish: flush }),
    schema: schemaFromColumnData({ columnData: specs }),
    createdBy: "outrider",
  });
  let group = columns.map((): RowCell[] => []);
  let rows = 0;
  let characters = 0;
  const writeGroup = async (): Promise<void> => {
    const columnData = columns.map(({ name }, index) => ({ name, data: group[index] ?? [] }));
    const rowGroupSize = rows;
    group = columns.map(() => []);
    rows = 0;
    characters = 0;
    await parquet.write({ columnData, rowGroupSize });
  };
  return {
    add: (row) => {
      for (const [index, { type }] of columns.entries()) {
        const value = valueOf(row[index], type);
        if (typeof value === "string") characters += value.length;
        group[index]?.push(value);
      }
      rows++;
      const isFull = rows * columns.length >= cellsOfGroup || characters >= charactersOfGroup;
      return isFull ? writeGroup() : undefined;
    },
    end: async () => {
      if (rows > 0) await writeGroup();
      await parquet.finish();
    },
  };
}

function valueOf(cell: RowCell, type: ColumnType): RowCell {
  if (cell === undefined || cell === null) return null;
  return type === "string" ? String(cell) : cell;
}
