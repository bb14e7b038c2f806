/** The bodies of a record: as text or base64, redacted, and cut to a length. */
import { mediaTypeOf } from "../../payload/media-type.ts";
import { headerParameter } from "../../payload/form/header-parameter.ts";
import type { LoggedSide } from "../exchange-log.ts";
import type { BodyOmission, LoggedBody } from "../prediction-record.ts";
import type { Redactor } from "../../redaction/redactor.ts";

/** Options of {@link loggedBody}. */
export interface LoggedBodyPlan {
  readonly redactor: Redactor;
  /** Upper bound of a body in a record, bytes. */
  readonly bodyBytes: number;
  /** Whether the body may quote its request in prose, as error messages do: rules cannot find values there. */
  readonly mayQuoteInput: boolean;
  /**
   * Whether the protocol's reader no longer finds, in the redacted body, any feature that a rule is about. Required
   * where there are rules about features: without it the body is omitted.
   */
  isFeatureGone?(this: void, redacted: Uint8Array): boolean;
}

/**
 * A body for a record. Without redaction: text when it is UTF-8, else base64. With any redaction, even of a header alone:
 * - JSON, whatever its media type is, with rules and patterns applied;
 * - plain text and CSV with patterns applied, but omitted if there are rules about features or pointers;
 * - everything else is omitted: binary bodies, event streams (their texts arrive in pieces), and bodies longer than both
 *   256 KiB and `bodyBytes`.
 *
 * The result is cut last, on a whole character. Never throws; linear in the length of the body.
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
 * A JSON body after rules and patterns, to be read again. Undefined when it is not JSON in UTF-8, nests too deep, or is
 * longer than both 256 KiB and `bodyBytes`.
 */
export function redactedJson(bytes: Uint8Array, redactor: Redactor, bodyBytes: number): Uint8Array | undefined {
  const text = bytes.length > maxRedactedBytes(bodyBytes) ? undefined : decode(bytes);
  const redacted = text === undefined ? undefined : redactor.json(text);
  return redacted === undefined ? undefined : encoder.encode(redacted);
}

/**
 * Longer bodies are not redacted, and so omitted: redaction takes up to 0.3 µs a byte on the relay's thread, and a few
 * kilobytes of gzip can become megabytes. A larger `bodyBytes` accepts that cost.
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

/** Media types without markup or framing, in which patterns see the whole text. */
const plainTypes: ReadonlySet<string> = new Set(["text/plain", "text/csv"]);
/** Character encodings that agree with UTF-8 on ASCII. */
const asciiLike = /^(?:|utf-?8|us-ascii|iso-8859-1|latin1|windows-1252)$/i;

/** False for text in other encodings, such as UTF-16, in which patterns find nothing. */
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

/** A body without redaction. */
function bodyOf(bytes: Uint8Array, contentType: string, bodyBytes: number): LoggedBody {
  const isCut = bytes.length > bodyBytes;
  const part = isCut ? bytes.subarray(0, bodyBytes) : bytes;
  const truncated = isCut ? ({ truncated: true } as const) : {};
  const text = decodePart(part, isCut);
  if (text !== undefined) return { content_type: contentType, text, ...truncated };
  return { content_type: contentType, base64: base64Of(part), ...truncated };
}

/** An incomplete character at the end of a cut body is left out. */
function decodePart(part: Uint8Array, isCut: boolean): string | undefined {
  try {
    // A new decoder: a shared one would put the rest of this body in front of the next.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(part, { stream: isCut });
  } catch {
    return undefined;
  }
}

/** Bytes converted by one call: each is an argument of it. */
const chunkBytes = 8192;

function base64Of(bytes: Uint8Array): string {
  let characters = "";
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    characters += String.fromCharCode(...bytes.subarray(at, at + chunkBytes));
  }
  return btoa(characters);
}

function cutText(text: string, bodyBytes: number): { readonly text: string; readonly truncated?: true } {
  // A code unit takes at most three bytes.
  if (text.length * 3 <= bodyBytes) return { text };
  const { read } = encoder.encodeInto(text, new Uint8Array(Math.min(bodyBytes, text.length * 3)));
  return read === text.length ? { text } : { text: text.slice(0, read), truncated: true };
}
