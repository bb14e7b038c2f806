/** The bodies of a record: as text or base64, cut, and without what is redacted. */
import { mediaTypeOf } from "../../payload/media-type.ts";
import { headerParameter } from "../../payload/form/header-parameter.ts";
import type { LoggedSide } from "../exchange-log.ts";
import type { BodyOmission, LoggedBody } from "../prediction-record.ts";
import type { Redactor } from "../../redaction/redactor.ts";

/** How bodies are logged. */
export interface LoggedBodyPlan {
  readonly redactor: Redactor;
  /** Longest part of a body in a record. */
  readonly bodyBytes: number;
  /** True for an answer that may hold parts of its request in words, as errors do: rules cannot find them there. */
  readonly mayQuoteInput: boolean;
  /**
   * Whether the protocol's reader, given the redacted body, still finds a feature that a rule is about. Only asked, and
   * needed, where there are rules about features: without it no body is logged then.
   */
  isFeatureGone?(this: void, redacted: Uint8Array): boolean;
}

/**
 * A body as it stands in a record. Without redaction: text when it is UTF-8, else base64. With redaction, and be it of a
 * header alone: JSON, whatever its media type says, without what is redacted; plain text and CSV without what patterns find, unless
 * there are rules about features or pointers, which cannot be applied to them; nothing else, so neither bytes nor event
 * streams, whose texts come in pieces, and nothing longer than 256 KiB and than `bodyBytes`. Cut last, on a whole character. Never throws; linear in the length of the body.
 */
export function loggedBody(
  side: Pick<LoggedSide<unknown>, "content" | "contentType">,
  plan: LoggedBodyPlan,
): LoggedBody {
  const { content, contentType } = side;
  const shownType = plan.redactor.wholeText(contentType);
  if (content.kind === "unread") return omitted(shownType, content.reason);
  if (!plan.redactor.isOn) return bodyOf(content.bytes, contentType, plan.bodyBytes);
  const isTooLong = content.bytes.length > maxRedactedBytes(plan.bodyBytes);
  const text = isTooLong ? undefined : redactedBody(content.bytes, contentType, plan);
  return text === undefined
    ? omitted(shownType, "not_redactable")
    : { content_type: shownType, ...cutText(text, plan.bodyBytes) };
}

/**
 * A body of JSON as it is left by rules and patterns, for reading it again; undefined when it is no JSON in UTF-8, nests
 * too deep, or is longer than 256 KiB and than `bodyBytes`.
 */
export function redactedJson(bytes: Uint8Array, redactor: Redactor, bodyBytes: number): Uint8Array | undefined {
  const text = bytes.length > maxRedactedBytes(bodyBytes) ? undefined : decode(bytes);
  const redacted = text === undefined ? undefined : redactor.json(text);
  return redacted === undefined ? undefined : encoder.encode(redacted);
}

/**
 * Longer bodies are not redacted, and so not logged: it takes up to 0.3 µs a byte, between two requests, and a few kilobytes
 * of gzip become megabytes. Whoever wants longer ones in records has said so.
 */
const maxRedactedBytes = (bodyBytes: number): number => Math.max(262_144, bodyBytes);

const encoder = new TextEncoder();
const utf8 = new TextDecoder("utf-8", { fatal: true });

function omitted(contentType: string, reason: BodyOmission): LoggedBody {
  return { content_type: contentType, omitted: reason };
}

function redactedBody(bytes: Uint8Array, contentType: string, plan: LoggedBodyPlan): string | undefined {
  const { redactor, mayQuoteInput, isFeatureGone } = plan;
  const hasPlaces = redactor.hasFeatures || redactor.hasPointers;
  if (hasPlaces && mayQuoteInput) return undefined;
  const text = decode(bytes);
  if (text === undefined || text === "") return text;
  const json = redactor.json(text);
  if (json === undefined) return !hasPlaces && isPlainText(text, contentType) ? redactor.wholeText(text) : undefined;
  if (redactor.hasFeatures && isFeatureGone?.(encoder.encode(json)) !== true) return undefined;
  return json;
}

/** Media types of text that is all there is to it: no markup, no pieces of a stream. */
const plainTypes: ReadonlySet<string> = new Set(["text/plain", "text/csv"]);
/** Encodings that write ASCII as UTF-8 does. */
const asciiLike = /^(?:|utf-?8|us-ascii|iso-8859-1|latin1|windows-1252)$/i;

/** False for text in another encoding, such as UTF-16, in which patterns would find nothing. */
function isPlainText(text: string, contentType: string): boolean {
  const charset = headerParameter(contentType, "charset") ?? "";
  return plainTypes.has(mediaTypeOf(contentType)) && asciiLike.test(charset) && !text.includes("\0");
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** A body as it came. */
function bodyOf(bytes: Uint8Array, contentType: string, bodyBytes: number): LoggedBody {
  const isCut = bytes.length > bodyBytes;
  const part = isCut ? bytes.subarray(0, bodyBytes) : bytes;
  const truncated = isCut ? ({ truncated: true } as const) : {};
  const text = decodePart(part, isCut);
  if (text !== undefined) return { content_type: contentType, text, ...truncated };
  return { content_type: contentType, base64: base64Of(part), ...truncated };
}

/** Half a character at the end of a part is left out. */
function decodePart(part: Uint8Array, isCut: boolean): string | undefined {
  try {
    // A decoder of its own: what is left of a stream would be put before the next body.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(part, { stream: isCut });
  } catch {
    return undefined;
  }
}

/** Bytes that are made characters of at once: each is an argument of a call. */
const chunkBytes = 8192;

function base64Of(bytes: Uint8Array): string {
  let characters = "";
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    characters += String.fromCharCode(...bytes.subarray(at, at + chunkBytes));
  }
  return btoa(characters);
}

function cutText(text: string, bodyBytes: number): { readonly text: string; readonly truncated?: true } {
  // A code unit takes three bytes at most.
  if (text.length * 3 <= bodyBytes) return { text };
  const { read } = encoder.encodeInto(text, new Uint8Array(Math.min(bodyBytes, text.length * 3)));
  return read === text.length ? { text } : { text: text.slice(0, read), truncated: true };
}
