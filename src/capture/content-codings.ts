/** The content codings that bodies may have (RFC 9110 §8.4.1). */

/** One coding by its registered name. */
export type ContentCoding = "gzip" | "deflate" | "br" | "zstd";

const known: Readonly<Record<string, ContentCoding>> = {
  gzip: "gzip",
  "x-gzip": "gzip",
  deflate: "deflate",
  br: "br",
  zstd: "zstd",
};

/** Most codings over one another; nobody applies more than one on purpose. */
const maxCodings = 3;
const maxHeaderLength = 128;

/**
 * The codings of a Content-Encoding header in the order in which they are to be undone: the last one first. Empty for
 * none and for `identity`; undefined when one is unknown or there are more than three.
 */
export function codingsOf(header: string): readonly ContentCoding[] | undefined {
  if (header.length > maxHeaderLength) return undefined;
  const codings: ContentCoding[] = [];
  for (const part of header.split(",")) {
    const name = part.trim().toLowerCase();
    if (name === "" || name === "identity") continue;
    const coding = Object.hasOwn(known, name) ? known[name] : undefined;
    if (coding === undefined || codings.length === maxCodings) return undefined;
    codings.unshift(coding);
  }
  return codings;
}
