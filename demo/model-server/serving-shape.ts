/** What one serving protocol looks like from outside: which requests it knows and how it words its answers. */
import type { ModelFile } from "./classifier.ts";

/** The protocols that the embedded model server supports. */
export const shapeNames = ["mlflow", "tensorflow-serving", "kserve-v2"] as const;

/** See {@link shapeNames}. */
export type ShapeName = (typeof shapeNames)[number];

/** A request with its whole body read. */
export interface ModelRequest {
  readonly method: string;
  /** Path of the target, percent-encoding kept, without the query. */
  readonly path: string;
  /** Empty when the client sent none. */
  readonly contentType: string;
  readonly body: string;
}

/** A response to write as it is. */
export interface Answer {
  readonly status: number;
  /** Empty for no Content-Type header. */
  readonly contentType: string;
  readonly body: string;
  /** Methods for an `Allow` header; empty for none. */
  readonly allow?: string;
}

/** One serving protocol over one model. The functions answer `undefined` to what is not theirs. */
export interface ServingShape {
  readonly name: ShapeName;
  /** Requests for predictions. */
  infer(request: ModelRequest, model: ModelFile): Answer | undefined;
  /** Health, version, metadata: the routes by which a server is recognised. */
  describe(request: ModelRequest, model: ModelFile): Answer | undefined;
  /** The answer to everything else. */
  refuse(request: ModelRequest): Answer;
}

/** An answer with a JSON body. */
export function jsonAnswer(status: number, value: unknown): Answer {
  return { status, contentType: "application/json", body: JSON.stringify(value) };
}

/** A JSON document, or the parser's own words about why it is none. */
export type JsonReading =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "mistake"; readonly message: string };

/** Parses a body as JSON without throwing. */
export function readJson(body: string): JsonReading {
  try {
    return { kind: "value", value: JSON.parse(body) as unknown };
  } catch (error) {
    return { kind: "mistake", message: error instanceof Error ? error.message : String(error) };
  }
}
