/** Paths of the configuration, whose values replace those that a protocol's reader would find. */
import type {
  BodyReader,
  DecodedBody,
  Predictions,
  ReadResult,
  RequestContent,
  ResponseContent,
} from "../body-content.ts";
import { predictionsAt, withScoresAt } from "./configured-answer.ts";
import { featuresAt, idsAt } from "./configured-features.ts";
import type { JsonPointer } from "../json/json-pointer.ts";
import { createJsonReader, type JsonProtocol, requestOf, responseOf } from "../json/json-reader.ts";
import type { JsonValue } from "../json/json-value.ts";
import type { ReaderOptions } from "../reader-options.ts";
import type { AnswerContext } from "../table/row-answer.ts";
import type { TableContext } from "../table/table-content.ts";

/** The paths of the options. */
type ConfiguredPaths = Omit<ReaderOptions, "limits">;

/** The reader of a JSON protocol, with the paths of its options. */
export function createConfiguredReader(protocol: JsonProtocol, options: ReaderOptions): BodyReader {
  return createJsonReader(withPaths(protocol, options), options.limits);
}

/**
 * A reader of another kind, with the paths of the options, which are looked for in bodies that are JSON as a whole. The
 * reader itself reads what no path names, and all other bodies.
 */
export function withConfiguredPaths(reader: BodyReader, options: ReaderOptions): BodyReader {
  const paths: ConfiguredPaths = options;
  if (!hasRequestPaths(paths) && !hasResponsePaths(paths)) return reader;
  const protocol: JsonProtocol = {
    readRequest: (_value, _context, body) => reader.readRequest(body),
    readResponse: (_value, _context, body) => reader.readResponse(body),
  };
  const configured = createJsonReader(withPaths(protocol, paths), options.limits);
  return {
    readRequest: (body) => orElse(configured.readRequest(body), () => reader.readRequest(body)),
    readResponse: (body) => orElse(configured.readResponse(body), () => reader.readResponse(body)),
  };
}

function orElse<Value>(result: ReadResult<Value>, other: () => ReadResult<Value>): ReadResult<Value> {
  if (result.kind === "read") return result;
  return result.reason === "not_json" || result.reason === "unsupported_content_type" ? other() : result;
}

function hasRequestPaths({ features = [], id }: ConfiguredPaths): boolean {
  return features.length > 0 || id !== undefined;
}

function hasResponsePaths({ prediction, score, id }: ConfiguredPaths): boolean {
  return prediction !== undefined || score !== undefined || id !== undefined;
}

function withPaths(protocol: JsonProtocol, paths: ConfiguredPaths): JsonProtocol {
  return {
    hasCsv: protocol.hasCsv === true,
    readRequest: hasRequestPaths(paths)
      ? (value, context, body) => readRequest({ value, body, protocol, paths }, context)
      : (value, context, body) => protocol.readRequest(value, context, body),
    readResponse: hasResponsePaths(paths)
      ? (value, context, body) => readResponse({ value, body, protocol, paths }, context)
      : (value, context, body) => protocol.readResponse(value, context, body),
  };
}

/** A parsed body, the protocol that reads it, and the paths of the configuration. */
interface BodyAndRules {
  readonly value: JsonValue;
  readonly body: DecodedBody;
  readonly protocol: JsonProtocol;
  readonly paths: ConfiguredPaths;
}

function readRequest(
  { value, body, protocol, paths }: BodyAndRules,
  context: TableContext,
): ReadResult<RequestContent> {
  const usual = protocol.readRequest(value, context, body);
  const { features = [] } = paths;
  const result = features.length === 0 ? usual : requestOf(featuresAt(features, value, context));
  if (result.kind === "unread") return result;
  const content = { ...result.value, ...namesOf(usual) };
  return {
    kind: "read",
    value: withIds(content, paths.id && idsAt(paths.id, value, context.limits.rows, context.pass)),
  };
}

function readResponse(
  { value, body, protocol, paths }: BodyAndRules,
  context: AnswerContext,
): ReadResult<ResponseContent> {
  const { prediction, score, id } = paths;
  const usual = protocol.readResponse(value, context, body);
  const result = prediction === undefined ? usual : responseOf(predictionsAt(prediction, value, context));
  const scored = score === undefined ? result : withScores({ value, score, result }, context);
  if (scored.kind === "unread") return scored;
  const content = { ...scored.value, ...namesOf(usual) };
  return { kind: "read", value: withIds(content, id && idsAt(id, value, context.limits.rows, context.pass)) };
}

function withScores(
  { value, score, result }: { value: JsonValue; score: JsonPointer; result: ReadResult<ResponseContent> },
  context: AnswerContext,
): ReadResult<ResponseContent> {
  const found = result.kind === "read" ? result.value.predictions : undefined;
  const predictions: ReadResult<Predictions> = found
    ? { kind: "read", value: found }
    : { kind: "unread", reason: "unknown_shape" };
  return responseOf(withScoresAt(score, value, { ...context, predictions }));
}

/** Model and identities as the protocol reads them; nothing when it cannot read the body. */
function namesOf(usual: ReadResult<RequestContent | ResponseContent>): Partial<ResponseContent> {
  if (usual.kind === "unread") return {};
  const { model, version, ids } = usual.value;
  return { model, version, ids };
}

function withIds<Value extends { readonly ids: readonly string[] }>(
  content: Value,
  ids: readonly string[] | undefined,
): Value {
  return ids === undefined || ids.length === 0 ? content : { ...content, ids };
}
