/** The media type of a Content-Type header. */
import { cutText } from "./json/json-value.ts";

/** The media type without its parameters, in lower case, of at most {@link maxTextLength} code units; empty when there is none. */
export function mediaTypeOf(contentType: string): string {
  const end = contentType.indexOf(";");
  return cutText((end === -1 ? contentType : contentType.slice(0, end)).trim().toLowerCase());
}

/** True for `application/json` and the types that are JSON underneath, such as `application/problem+json`. */
export function isJsonType(mediaType: string): boolean {
  return mediaType.includes("json");
}
