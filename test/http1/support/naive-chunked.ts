/** Chunked coding on strings, to compare with: as RFC 9112 §7.1 writes it down, without a thought for speed. */

/** A whole body in chunked coding, or why it is none. `needsMore` when it may still become one. */
export type NaiveReading =
  | { readonly kind: "done"; readonly body: string; readonly trailers: readonly string[]; readonly length: number }
  | { readonly kind: "needsMore" }
  | { readonly kind: "faulty" };

const needsMore: NaiveReading = { kind: "needsMore" };
const faulty: NaiveReading = { kind: "faulty" };

const sizeLine = /^([0-9A-Fa-f]{1,16})(?:;[\t\x20-\x7e\x80-\xff]*)?\r\n/;
/** What may still become a size line. */
const partOfSizeLine = /^(?:[0-9A-Fa-f]{0,16}|[0-9A-Fa-f]{1,16}(?:;[\t\x20-\x7e\x80-\xff]*)?\r?)$/;
const trailerLine = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n/;
const partOfTrailerLine = /^(?:\r|[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?::[\t\x20-\x7e\x80-\xff]*\r?)?)?$/;

/** Reads `text`, in which each character is one byte, from its first byte. */
export function readNaively(text: string): NaiveReading {
  let at = 0;
  let body = "";
  for (;;) {
    const rest = text.slice(at);
    const match = sizeLine.exec(rest);
    if (match === null)
      return partOfSizeLine.test(rest) && isSmall(/^[0-9A-Fa-f]*/.exec(rest)?.[0] ?? "") ? needsMore : faulty;
    const digits = match[1] ?? "";
    if (!isSmall(digits)) return faulty;
    const size = Number.parseInt(digits, 16);
    at += match[0].length;
    if (size === 0) return readTrailers(text, at, body);
    body += text.slice(at, at + size);
    at += size;
    const end = text.slice(at, at + 2);
    if (!"\r\n".startsWith(end)) return faulty;
    if (end.length < 2) return needsMore;
    at += 2;
  }
}

const isSmall = (digits: string): boolean => BigInt(`0x0${digits}`) < 2n ** 53n;

function readTrailers(text: string, start: number, body: string): NaiveReading {
  const trailers: string[] = [];
  let at = start;
  for (;;) {
    const rest = text.slice(at);
    if (rest.startsWith("\r\n")) return { kind: "done", body, trailers, length: at + 2 };
    const match = trailerLine.exec(rest);
    if (match === null) return partOfTrailerLine.test(rest) ? needsMore : faulty;
    trailers.push(match[0]);
    at += match[0].length;
  }
}
