/** Heads for properties: mostly sound ones with everything that the relay has to deal with, and broken ones. */
import * as fc from "fast-check";

/** A header line as it is written: `name:blank value blank CRLF`. */
export interface WrittenLine {
  readonly name: string;
  readonly before: string;
  readonly value: string;
  readonly after: string;
}

/** The line's bytes with their CRLF. */
export const rawLine = ({ name, before, value, after }: WrittenLine): string => `${name}:${before}${value}${after}\r\n`;

const blanks = fc.constantFrom("", " ", " ", "  ", "\t", " \t ");

/** `name` in letters of any case. */
export const anyCase = (name: string): fc.Arbitrary<string> =>
  fc
    .oneof(fc.constant([]), fc.array(fc.boolean(), { maxLength: name.length }))
    .map((raised) => Array.from(name, (c, i) => (raised[i] === true ? c.toUpperCase() : c)).join(""));

/** A line named `name` in letters of any case, with one of `values` and any white space around it. */
export function lineOf(name: string, values: fc.Arbitrary<string>): fc.Arbitrary<WrittenLine> {
  return fc.record({ name: anyCase(name), before: blanks, value: values, after: blanks });
}

/** Text that may stand in a header value: visible bytes at both ends. */
export const anyValue: fc.Arbitrary<string> = fc
  .string({ unit: fc.constantFrom(...'abcXYZ019,;:="/ \t\u00e4\u00ff'), maxLength: 20 })
  .map((text) => text.replaceAll(/^[ \t]+|[ \t]+$/g, ""));

/** Names that a Connection line may list, some of them not its to list. */
const connectionMembers = fc.constantFrom(
  "close",
  "Close",
  "keep-alive",
  "upgrade",
  "TE",
  "x-private",
  "X-Private",
  "accept",
  "host",
  "via",
  "date",
  "",
  "content-length",
  "transfer-encoding",
  "x-forwarded-for",
  "x-request-id",
  "traceparent",
  "tracestate",
  "cookie",
);
const connectionValue = fc.array(fc.tuple(blanks, connectionMembers, blanks), { maxLength: 5 }).map((members) =>
  members
    .map((parts) => parts.join(""))
    .join(",")
    .replaceAll(/^[ \t]+|[ \t]+$/g, ""),
);

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const requestIds = fc.constantFrom("abc-123", "a b", "", "x".repeat(128), "x".repeat(129), "id/1:2", "id;1");

/** Lines that either direction may carry, framing and Host aside. */
export const commonLine: fc.Arbitrary<WrittenLine> = fc.oneof(
  lineOf("accept", anyValue),
  lineOf("x-private", anyValue),
  lineOf("cookie", anyValue),
  lineOf("content-type", fc.constantFrom("application/json", "text/event-stream; charset=utf-8", "")),
  lineOf("content-encoding", fc.constantFrom("gzip", "br")),
  lineOf("connection", connectionValue),
  lineOf("keep-alive", fc.constant("timeout=5")),
  lineOf("proxy-connection", fc.constant("keep-alive")),
  lineOf("proxy-authenticate", fc.constant("Basic")),
  lineOf("proxy-authorization", fc.constant("Basic eDp5")),
  lineOf("te", fc.constantFrom("trailers", "deflate", "gzip;q=0.5, Trailers", "")),
  lineOf("upgrade", fc.constantFrom("websocket", "WebSocket", "h2c", "websocket, h2c", "")),
  lineOf("x-request-id", requestIds),
  lineOf("traceparent", fc.constantFrom(traceparent, traceparent.toUpperCase(), "00-x", "")),
  lineOf("tracestate", anyValue),
  lineOf("via", fc.constantFrom("1.1 first", "1.0 a, 1.1 b", "")),
  lineOf("x-forwarded-for", fc.constantFrom("10.0.0.1", "::1, 10.0.0.2", "")),
  lineOf("max-forwards", fc.constantFrom("0", "1", "10", "007", "x", "")),
  lineOf("date", fc.constant("Mon, 23 Nov 2026 10:00:00 GMT")),
  lineOf("x-outrider-variant", anyValue),
  lineOf("http2-settings", fc.constant("AAMAAABk")),
  lineOf("expect", fc.constantFrom("100-continue", "100-Continue", "something")),
);

/** Framing lines that agree with each other, for a message of this minor version. */
export function framingLines(minor: number): fc.Arbitrary<readonly WrittenLine[]> {
  const lengths = lineOf("content-length", fc.constantFrom("0", "5", "05", "5, 5", "5 ,5", "1234567890123456", "00"));
  const one = lengths.map((line) => [line]);
  const two = lengths.map((line) => [line, { ...line, name: "content-length" }]);
  const coded = lineOf("transfer-encoding", anyCase("chunked")).map((line) => [line]);
  return fc.oneof(fc.constant([]), one, two, ...(minor === 0 ? [] : [coded]));
}

/** The lists one into the other at any places, each in its own order. */
export function mixed<T>(lists: readonly (readonly T[])[]): fc.Arbitrary<readonly T[]> {
  return fc.infiniteStream(fc.nat(1000)).map((draws) => {
    const out: T[] = [];
    for (const list of lists) {
      let at = 0;
      for (const item of list) {
        at += Number(draws.next().value ?? 0) % (out.length - at + 1);
        out.splice(at++, 0, item);
      }
    }
    return out;
  });
}

/** A text with a few bytes replaced, added or removed: mostly broken, sometimes still sound. */
export function damaged(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const byte = fc.constantFrom(..."\r\n\t :,;=/*0159aAfFgxZ\0\u007f\u00ff", "\r\n", "");
  const damage = fc.array(fc.tuple(fc.nat(400), byte, fc.nat(2)), { maxLength: 3 });
  return fc.tuple(text, damage).map(([whole, places]) =>
    places.reduce((now, [place, other, removed]) => {
      const at = place % (now.length + 1);
      return now.slice(0, at) + other + now.slice(at + removed);
    }, whole),
  );
}
