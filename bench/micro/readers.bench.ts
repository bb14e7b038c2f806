/**
 * Reading JSON bodies: what a reader costs in addition to parsing, which the rows "parse …" show alone. Numbers have the digits
 * that clients write.
 */
import { createReader } from "../../test/support/create-reader.ts";
import { compilePointer } from "../../src/payload/json/json-pointer.ts";
import type { BodyReader, ReaderLimits } from "../../src/payload/body-content.ts";
import type { MicroCases } from "./run-micro.ts";

const limits: ReaderLimits = { columns: 1000, rows: 10_000, depth: 64 };
const mlflow = createReader("mlflow", { limits });
const tensorflow = createReader("tensorflow-serving", { limits });
const configured = createReader("generic", {
  limits,
  features: [compilePointer("/rows/*")],
  prediction: compilePointer("/label"),
  score: compilePointer("/score"),
});

const namesOf = (count: number): string[] => Array.from({ length: count }, (_, index) => `feature_number_${index}`);
const rowOf = (count: number): number[] =>
  Array.from({ length: count }, (_, index) => Math.round(Math.sin(index) * 1e6) / 1e4);
const recordOf = (count: number): Record<string, number> =>
  Object.fromEntries(namesOf(count).map((name, index) => [name, rowOf(count)[index] ?? 0]));

const bytesOf = (body: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(body));
const split = (columns: number, rows: number): Uint8Array =>
  bytesOf({ dataframe_split: { columns: namesOf(columns), data: Array.from({ length: rows }, () => rowOf(columns)) } });
const instances = (columns: number, rows: number): Uint8Array =>
  bytesOf({ instances: Array.from({ length: rows }, () => rowOf(columns)) });

const text = new TextDecoder();
const parse = (bytes: Uint8Array) => (): unknown => JSON.parse(text.decode(bytes));
const request = (reader: BodyReader, bytes: Uint8Array) => (): unknown =>
  reader.readRequest({ bytes, contentType: "application/json", target: "/" });
const response = (reader: BodyReader, body: unknown) => {
  const bytes = bytesOf(body);
  return (): unknown => reader.readResponse({ bytes, contentType: "application/json", target: "/" });
};

/** The cases, by name. */
export const cases: MicroCases = {
  "parse dataframe_split of 40": parse(split(40, 1)),
  "read dataframe_split of 40": request(mlflow, split(40, 1)),
  "parse instances of 40": parse(instances(40, 1)),
  "read instances of 40": request(tensorflow, instances(40, 1)),
  "parse dataframe_records of 40": parse(bytesOf({ dataframe_records: [recordOf(40)] })),
  "read dataframe_records of 40": request(mlflow, bytesOf({ dataframe_records: [recordOf(40)] })),
  "read one named input of 40": request(tensorflow, bytesOf({ instances: [{ x: rowOf(40) }] })),
  "parse dataframe_split of 500": parse(split(500, 1)),
  "read dataframe_split of 500": request(mlflow, split(500, 1)),
  "parse instances of 500": parse(instances(500, 1)),
  "read instances of 500": request(tensorflow, instances(500, 1)),
  "parse 100 instances of 40": parse(instances(40, 100)),
  "read 100 instances of 40": request(tensorflow, instances(40, 100)),
  "read 40 numbers at a configured path": request(configured, bytesOf({ rows: [rowOf(40)] })),
  "read 1 NaN among 40, our own parser": request(
    tensorflow,
    new TextEncoder().encode(`{"instances":[[NaN,${rowOf(39).join()}]]}`),
  ),
  "read a prediction": response(mlflow, { predictions: [1] }),
  "read probabilities of 3 classes": response(tensorflow, { predictions: [[0.125, 0.75, 0.125]] }),
  "read a label and its score": response(mlflow, { predictions: [{ label: "cat", score: 0.5 }] }),
  "read a label and its score at configured paths": response(configured, { label: "cat", score: 0.5 }),
};
