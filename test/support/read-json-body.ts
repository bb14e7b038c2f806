import type { Protocol } from "../../src/protocols/list.ts";
import { createReader } from "./create-reader.ts";
import { compilePointer } from "../../src/payload/json/json-pointer.ts";
import type { ReaderOptions } from "../../src/payload/reader-options.ts";
import type {
  Cell,
  DecodedBody,
  FeatureTable,
  Predictions,
  ReaderLimits,
  ReadResult,
} from "../../src/payload/body-content.ts";

/** Bounds that no ordinary test meets. */
export const testLimits: ReaderLimits = { columns: 1000, rows: 10_000, depth: 64 };

/** Options of a reader, with their JSON Pointers as text. */
export interface PathTexts {
  readonly limits?: ReaderLimits;
  readonly features?: readonly string[];
  readonly prediction?: string;
  readonly score?: string;
  readonly id?: string;
}

/** Options of a reader from texts; bounds that no ordinary test meets unless they are given. */
export function readerOptions({ limits = testLimits, features, prediction, score, id }: PathTexts): ReaderOptions {
  const compiled = (text: string | undefined) => (text === undefined ? undefined : compilePointer(text));
  return {
    limits,
    ...(features && { features: features.map(compilePointer) }),
    prediction: compiled(prediction),
    score: compiled(score),
    id: compiled(id),
  };
}

/** A body of JSON, or of the given media type; text is taken as it is, other values are written as JSON. */
export function aBody(body: unknown, contentType = "application/json"): DecodedBody {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const bytes = body instanceof Uint8Array ? body : new TextEncoder().encode(text);
  return { bytes, contentType, target: "/" };
}

/** What a test says about a table: its rows as objects, without what a row lacks. */
export function rowsOf({ columns, rowCount, cells }: FeatureTable): Record<string, Cell>[] {
  const width = columns.names.length;
  return Array.from({ length: rowCount }, (_, row) =>
    Object.fromEntries(
      columns.names
        .map((name, column) => [name, cells[row * width + column]] as const)
        .filter(([, cell]) => cell !== undefined),
    ),
  );
}

/** The value of a reading; throws the reason when there is none. */
export function valueOf<Value>(result: ReadResult<Value>): Value {
  if (result.kind === "unread") throw new Error(`unread: ${result.reason}`);
  return result.value;
}

/** Reads one request with a reader of its own and gives its rows; undefined when it has no table. */
export function readRows(
  protocol: Protocol,
  body: unknown,
  options: PathTexts & { readonly contentType?: string } = {},
): Record<string, Cell>[] | undefined {
  const reader = createReader(protocol, readerOptions(options));
  const { features } = valueOf(reader.readRequest(aBody(body, options.contentType)));
  return features && rowsOf(features);
}

/** Predictions with plain lists, so that they can be compared. */
export interface PlainPredictions {
  readonly values: readonly Cell[];
  readonly classes: readonly string[];
  readonly probabilities: readonly number[];
  readonly confidences: readonly number[];
}

/** Reads one response with a reader of its own; undefined when it has no predictions. */
export function readAnswer(protocol: Protocol, body: unknown, options: PathTexts = {}): PlainPredictions | undefined {
  const reader = createReader(protocol, readerOptions(options));
  const { predictions } = valueOf(reader.readResponse(aBody(body)));
  return predictions && plainOf(predictions);
}

function plainOf({ values, classes, probabilities, confidences }: Predictions): PlainPredictions {
  return {
    values: Array.from(values),
    classes,
    probabilities: Array.from(probabilities),
    confidences: Array.from(confidences),
  };
}
