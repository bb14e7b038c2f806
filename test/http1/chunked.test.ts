import { describe, expect, it } from "vitest";
import { ChunkedDecoder } from "../../src/http1/chunked.ts";
import { Field } from "../../src/http1/field.ts";
import { runDecoder, wideChunkedLimits } from "./support/chunked-runs.ts";
import { allCuts } from "./support/cuts.ts";

const sound = [
  { what: "no body at all", text: "0\r\n\r\n", data: "", passed: "0\r\n\r\n" },
  { what: "one chunk", text: "5\r\nhello\r\n0\r\n\r\n", data: "hello", passed: "5\r\nhello\r\n0\r\n\r\n" },
  { what: "two chunks", text: "1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", data: "abc", passed: "1\r\na\r\n2\r\nbc\r\n0\r\n\r\n" },
  {
    what: "line ends as data",
    text: "4\r\n\r\n\r\n\r\n0\r\n\r\n",
    data: "\r\n\r\n",
    passed: "4\r\n\r\n\r\n\r\n0\r\n\r\n",
  },
  {
    what: "a size in capitals",
    text: "A\r\n0123456789\r\n0\r\n\r\n",
    data: "0123456789",
    passed: "A\r\n0123456789\r\n0\r\n\r\n",
  },
  { what: "leading zeros", text: "0001\r\na\r\n000\r\n\r\n", data: "a", passed: "1\r\na\r\n0\r\n\r\n" },
  { what: "sixteen digits", text: "0000000000000001\r\na\r\n0\r\n\r\n", data: "a", passed: "1\r\na\r\n0\r\n\r\n" },
  {
    what: "a zero inside a size",
    text: `10\r\n${"x".repeat(16)}\r\n0\r\n\r\n`,
    data: "x".repeat(16),
    passed: `10\r\n${"x".repeat(16)}\r\n0\r\n\r\n`,
  },
  {
    what: "extensions",
    text: '1;a=b\r\nx\r\n1;"q;\t"\r\ny\r\n0;last\r\n\r\n',
    data: "xy",
    passed: "1\r\nx\r\n1\r\ny\r\n0\r\n\r\n",
  },
  { what: "an empty extension", text: "1;\r\nx\r\n0;\r\n\r\n", data: "x", passed: "1\r\nx\r\n0\r\n\r\n" },
  { what: "a trailer", text: "0\r\nX-Sum: 1 \r\n\r\n", data: "", passed: "0\r\nX-Sum: 1 \r\n\r\n" },
  {
    what: "trailers that may not pass",
    text: "0\r\nA: b\r\nHost: c\r\nD:e\r\n\r\n",
    data: "",
    passed: "0\r\nA: b\r\nD:e\r\n\r\n",
  },
];

const broken = [
  { fault: "chunk_malformed", what: "no size", text: "\r\n" },
  { fault: "chunk_malformed", what: "no size before an extension", text: ";a\r\n" },
  { fault: "chunk_malformed", what: "a size with a prefix", text: "0x5\r\n" },
  { fault: "chunk_malformed", what: "a sign", text: "+5\r\n" },
  { fault: "chunk_malformed", what: "white space before the line end", text: "5 \r\n" },
  { fault: "chunk_malformed", what: "white space before an extension", text: "5 ;a\r\n" },
  { fault: "chunk_malformed", what: "seventeen digits", text: "00000000000000005\r\n" },
  { fault: "chunk_malformed", what: "a size of 2^53", text: "20000000000000\r\n" },
  { fault: "chunk_malformed", what: "a size that ends in LF", text: "5\nhello" },
  { fault: "chunk_malformed", what: "a CR without LF after a size", text: "5\rhello" },
  { fault: "chunk_malformed", what: "an LF in an extension", text: "5;a\nhello" },
  { fault: "chunk_malformed", what: "a NUL in an extension", text: "5;a\0\r\n" },
  { fault: "chunk_malformed", what: "a chunk longer than its size", text: "1\r\nab\r\n" },
  { fault: "chunk_malformed", what: "a chunk that ends in LF", text: "1\r\na\n0\r\n" },
  { fault: "chunk_malformed", what: "a CR without LF after a chunk", text: "1\r\na\r0\r\n" },
  { fault: "chunk_extension_too_long", what: "more than the bound", text: `5;${"x".repeat(257)}\r\n` },
  { fault: "trailer_malformed", what: "a space before the colon", text: "0\r\nA : b\r\n\r\n" },
  { fault: "trailer_malformed", what: "a folded trailer", text: "0\r\nA: b\r\n c\r\n\r\n" },
  { fault: "trailer_malformed", what: "a trailer that ends in LF", text: "0\r\nA: b\n\r\n" },
  { fault: "trailer_malformed", what: "a CR alone at the end", text: "0\r\n\rx" },
  { fault: "trailer_malformed", what: "more lines than the bound", text: `0\r\n${"A: b\r\n".repeat(21)}\r\n` },
  { fault: "trailers_too_large", what: "more bytes than the bound", text: `0\r\nA: ${"b".repeat(4096)}\r\n\r\n` },
];

describe("chunked coding", () => {
  it.each(sound)("is read and passed on the same in all pieces: $what", ({ text, data, passed }) => {
    for (const cuts of allCuts(text.length)) {
      const expected = { fault: "", isDone: true, bodyBytes: data.length, data, passed, taken: text.length };
      expect(runDecoder(text, cuts)).toEqual(expected);
    }
  });

  it.each(broken)("is refused in all pieces: $fault, $what", ({ text, fault }) => {
    const ways = text.length > 400 ? [[], Array.from(text, (_, at) => at)] : allCuts(text.length);
    for (const cuts of ways) expect(runDecoder(text, cuts)).toMatchObject({ fault, isDone: false });
  });

  it("leaves what follows the body to the next message", () => {
    const body = "1\r\na\r\n0\r\nA: b\r\n\r\n";
    for (const cuts of allCuts(body.length)) {
      expect(runDecoder(`${body}GET / HTTP/1.1\r\n`, cuts)).toMatchObject({ isDone: true, taken: body.length });
    }
    expect(runDecoder("0\r\n\r\n0\r\n\r\n", [])).toMatchObject({ isDone: true, taken: 5 });
  });

  it("may just fill its bounds", () => {
    const limits = { trailerBytes: 12, headerCount: 1, extensionBytes: 3 };
    const text = "1;abc\r\nx\r\n0;abc\r\nA: 3456\r\n\r\n";
    for (const cuts of allCuts(text.length)) {
      const filled = runDecoder(text, cuts, new ChunkedDecoder({ ...limits, trailerBytes: 11 }));
      expect(filled).toMatchObject({ fault: "", isDone: true });
      const short = runDecoder(text, cuts, new ChunkedDecoder({ ...limits, trailerBytes: 10 }));
      expect(short).toMatchObject({ fault: "trailers_too_large" });
      const narrow = runDecoder(text, cuts, new ChunkedDecoder({ ...limits, extensionBytes: 2 }));
      expect(narrow).toMatchObject({ fault: "chunk_extension_too_long" });
    }
  });

  it("reads the next body as if it were the first, whatever came before", () => {
    const decoder = new ChunkedDecoder(wideChunkedLimits);
    const last = "2;e\r\nhi\r\n0\r\nA: b\r\n\r\n";
    const fresh = runDecoder(last, []);
    for (const { text } of [...sound, ...broken]) {
      runDecoder(text, [text.length >> 1], decoder);
      runDecoder(text.slice(0, text.length >> 1), [], decoder);
      expect(runDecoder(last, [1, 4, 9, 13], decoder)).toEqual(fresh);
    }
  });

  it("tells each byte of data once and never an empty range of it", () => {
    const decoder = new ChunkedDecoder(wideChunkedLimits);
    const ranges: (readonly [number, number])[] = [];
    const bytes = Buffer.from("3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n");
    const ignore = (): void => undefined;
    decoder.read(bytes, 0, bytes.length, {
      coding: ignore,
      held: ignore,
      data: (start, end) => ranges.push([start, end]),
    });
    expect(ranges).toEqual([
      [3, 6],
      [11, 12],
    ]);
  });
});

/** Every known field either passes as a trailer or does not; a new field has to be put on one side here. */
const passing: ReadonlySet<keyof typeof Field> = new Set(["other", "date"]);
const nameOf = (field: string): string => {
  if (field === "internal") return "x-outrider-x";
  if (field === "http2Settings") return "http2-settings";
  return field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
};

describe("a trailer", () => {
  it.each(Object.keys(Field) as (keyof typeof Field)[])("named %s passes only when it does no harm", (field) => {
    const trailer = `${nameOf(field)}: x\r\n`;
    const { passed } = runDecoder(`0\r\n${trailer}\r\n`, []);
    expect(passed).toBe(passing.has(field) ? `0\r\n${trailer}\r\n` : "0\r\n\r\n");
  });
});
