/** Reads the bodies of OpenAI-compatible servers: token counts, finish reasons, and the model. */
import { withConfiguredPaths } from "../../payload/configured/configured-reader.ts";
import { cleanLabelName } from "../../text/label-name.ts";
import { findModelName } from "../../payload/json/model-name.ts";
import type {
  BodyReader,
  DecodedBody,
  ReadResult,
  RequestContent,
  ResponseContent,
  TokenUsage,
} from "../../payload/body-content.ts";
import { cutText, isList, isObject, type JsonValue, member, textMember } from "../../payload/json/json-value.ts";
import { mediaTypeOf } from "../../payload/media-type.ts";
import { readJson } from "../../payload/json/read-json.ts";
import type { ReaderOptions } from "../../payload/reader-options.ts";

/** Finish reasons that are kept of one answer. */
const maxChoices = 128;

/**
 * A reader of completions, chats, responses (`/v1/responses`), messages (`/v1/messages`) and embeddings. Prompts and
 * answers are neither features nor predictions. A request is not parsed; its model is found by {@link findModelName}. A
 * response without `usage` has no token counts. Event streams are `unsupported_content_type`.
 */
export function createOpenaiReader(options: ReaderOptions): BodyReader {
  const { limits } = options;
  const reader: BodyReader = {
    readRequest,
    readResponse: ({ bytes, contentType }) =>
      mediaTypeOf(contentType) === "text/event-stream" ? unsupported : readJson(bytes, limits.depth, readAnswer),
  };
  return withConfiguredPaths(reader, options);
}

const unsupported: ReadResult<never> = { kind: "unread", reason: "unsupported_content_type" };

function readRequest({ bytes, contentType }: DecodedBody): ReadResult<RequestContent> {
  if (bytes.length === 0) return { kind: "unread", reason: "empty" };
  // Audio to be transcribed.
  if (mediaTypeOf(contentType) === "multipart/form-data") return unsupported;
  return { kind: "read", value: { model: findModelName(bytes) ?? "", version: "", ids: [], droppedColumns: 0 } };
}

function readAnswer(value: JsonValue): ReadResult<ResponseContent> {
  if (!isObject(value)) return { kind: "unread", reason: "unknown_shape" };
  const usage = usageOf(value);
  const model = cleanLabelName(cutText(textMember(value, "model")));
  return { kind: "read", value: { model, version: "", ids: [], ...(usage && { usage }) } };
}

function usageOf(answer: JsonValue): TokenUsage | undefined {
  const usage = member(answer, "usage");
  const prompt = tokenCount(member(usage, "prompt_tokens") ?? member(usage, "input_tokens"));
  const completion = tokenCount(member(usage, "completion_tokens") ?? member(usage, "output_tokens"));
  if (prompt === undefined && completion === undefined) return undefined;
  return { promptTokens: prompt ?? 0, completionTokens: completion ?? 0, finishReasons: finishReasonsOf(answer) };
}

function tokenCount(value: JsonValue | undefined): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function finishReasonsOf(answer: JsonValue): readonly string[] {
  const choices = member(answer, "choices");
  const given = isList(choices)
    ? choices.slice(0, maxChoices).map((choice) => textMember(choice, "finish_reason"))
    : [textMember(answer, "stop_reason") || textMember(answer, "status")];
  return given.filter((reason) => reason !== "").map(cutText);
}
