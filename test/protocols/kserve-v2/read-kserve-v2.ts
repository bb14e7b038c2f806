/** A reader of KServe v2 with small limits, and readings in a form that a test can hold against what it expects. */
import { expect } from "vitest";
import { createKserveV2Reader } from "../../../src/protocols/kserve-v2/reader.ts";
import type { BodyReader, FeatureTable, ReadResult, RequestContent } from "../../../src/payload/body-content.ts";
import { v2Body } from "../../payload/tensor/tensor-encoder.ts";

/** Bounds that a test reaches with little data. */
export const smallLimits = { rows: 1000, columns: 100, depth: 32 };

/** With {@link smallLimits}. */
export const v2Reader: BodyReader = createKserveV2Reader({ limits: smallLimits });

/** The reading of a request; throws the reason when there is none. */
export function readRequest(bytes: Uint8Array | string): RequestContent {
  const result = v2Reader.readRequest(v2Body(bytes));
  if (result.kind === "unread") throw new Error(result.reason);
  return result.value;
}

/** A table as the names of its columns and a list of cells for each row. */
export function rowsOf(features: FeatureTable | undefined): unknown {
  if (features === undefined) return undefined;
  const { columns, rowCount, cells } = features;
  const width = columns.names.length;
  expect(cells.length).toBe(rowCount * width);
  return {
    names: columns.names,
    rows: Array.from({ length: rowCount }, (_, row) => Array.from(cells).slice(row * width, (row + 1) * width)),
  };
}

/** Why a body was not read, or `read`. */
export function reasonOf(result: ReadResult<unknown>): string {
  return result.kind === "unread" ? result.reason : "read";
}

/** The JSON of a request with one input, two floats unless `more` says otherwise. */
export function oneInput(more: object): string {
  return JSON.stringify({ inputs: [{ name: "x", shape: [2], datatype: "FP32", data: [1, 2], ...more }] });
}
