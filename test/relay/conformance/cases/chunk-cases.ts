import { brokenOff, type ConformanceCase, get, passes, post } from "../support/case.ts";

const chunked = (body: string, ...lines: readonly string[]): string =>
  post(["Transfer-Encoding: chunked", ...lines], body);
const smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

const sizeOf = (line: string): string => chunked(`${line}\r\nab\r\n0\r\n\r\n`);

const chunkRows: ConformanceCase[] = [
  ...brokenOff("chunk-size", "chunk_malformed", {
    "a plus sign": sizeOf("+2"),
    "a minus sign": sizeOf("-2"),
    "a prefix 0x": sizeOf("0x2"),
    "a prefix x": sizeOf("x2"),
    "a space before it": sizeOf(" 2"),
    "a tab before it": sizeOf("\t2"),
    "a space after it": sizeOf("2 "),
    "a tab after it": sizeOf("2\t"),
    "a space within": sizeOf("0 2"),
    "an underscore": sizeOf("0_2"),
    "a letter past f": sizeOf("2g"),
    "a suffix h": sizeOf("2h"),
    "a fraction": sizeOf("2.0"),
    nothing: sizeOf(""),
    "an extension alone": sizeOf(";a"),
    "a comma": sizeOf("2,2"),
    quotes: sizeOf('"2"'),
    NUL: sizeOf("2\0"),
    "a vertical tab": sizeOf("2\x0b"),
    "a byte above 0x7f": sizeOf("2\xa0"),
    "17 digits that wrap to 2": sizeOf("10000000000000002"),
    "16 digits past 2^53": sizeOf("ffffffffffffffff"),
    "2^53": sizeOf("20000000000000"),
    "many zeros": sizeOf(`${"0".repeat(40)}2`),
    "a last chunk with a sign": chunked("2\r\nab\r\n-0\r\n\r\n"),
    "a last chunk with a prefix": chunked("2\r\nab\r\n0x0\r\n\r\n"),
    "a last chunk with a space": chunked("2\r\nab\r\n0 \r\n\r\n"),
  }),
  passes(
    "chunk-size",
    "digits may be in any case of letters",
    chunked(`A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n`),
    {
      request: { body: "01234567890123456789" },
    },
  ),
  passes("chunk-size", "leading zeros are digits", chunked("0002\r\nab\r\n000\r\n\r\n"), { request: { body: "ab" } }),
  passes("chunk-size", "a body may be empty", `${chunked("0\r\n\r\n")}${get()}`, {
    methods: ["POST", "GET"],
    requests: [{ body: "" }, {}],
    responses: [{}, {}],
  }),
  ...brokenOff("chunk-line-end", "chunk_malformed", {
    "a bare LF after the size": chunked("2\nab\r\n0\r\n\r\n"),
    "a bare LF after the data": chunked("2\r\nab\n0\r\n\r\n"),
    "a bare CR after the size": chunked("2\rab\r\n0\r\n\r\n"),
    "a bare CR after the data": chunked("2\r\nab\r0\r\n\r\n"),
    "nothing after the data": chunked("2\r\nab0\r\n\r\n"),
    "data longer than its size": chunked("2\r\nabc\r\n0\r\n\r\n"),
    "data shorter than its size": chunked("4\r\nab\r\n0\r\n\r\n"),
    "two bytes that are no line end": chunked("2\r\nabXX0\r\n\r\n"),
    "CR CR LF after the size": chunked("2\r\r\nab\r\n0\r\n\r\n"),
    "an empty line before a size": chunked("2\r\nab\r\n\r\n0\r\n\r\n"),
    "an empty line before the first size": chunked("\r\n2\r\nab\r\n0\r\n\r\n"),
    "a bare LF after an extension": chunked("2;a\nab\r\n0\r\n\r\n"),
    "a bare CR in an extension": chunked("2;a\rb\r\nab\r\n0\r\n\r\n"),
    "NUL in an extension": chunked("2;a\0\r\nab\r\n0\r\n\r\n"),
    "a bare LF after the last size": chunked("2\r\nab\r\n0\n\r\n"),
  }),
  ...brokenOff("chunk-line-end", ["chunk_malformed", "trailer_malformed", "line_end_malformed"], {
    "a bare LF as the end": chunked("2\r\nab\r\n0\r\n\n"),
    "CR and a letter as the end": chunked("2\r\nab\r\n0\r\n\rX"),
    "a bare LF after a trailer": chunked("0\r\nA: b\n\r\n"),
  }),
  passes(
    "chunk-extension",
    "extensions are not forwarded and do no harm",
    chunked('2;a;b=c;d="e f"\r\nab\r\n0;z\r\n\r\n'),
    {
      request: { body: "ab" },
    },
  ),
  ...brokenOff("chunk-extension", ["chunk_extension_too_long", "chunk_malformed"], {
    "one of 100 kB": chunked(`2;${"a".repeat(100_000)}\r\nab\r\n0\r\n\r\n`),
    "many that are long together": chunked(`${`1;${"a".repeat(3_000)}\r\nx\r\n`.repeat(100)}0\r\n\r\n`),
  }),
];

const forbiddenTrailers = [
  "Content-Length: 5",
  "Transfer-Encoding: chunked",
  "Host: b",
  "Connection: close",
  "Authorization: x",
  "Content-Encoding: gzip",
  "Content-Type: a/b",
  "TE: trailers",
  "Expect: 100-continue",
  "Cookie: a=b",
  "X-Forwarded-For: 1.2.3.4",
  "X-Outrider-Error: x",
];

const trailerRows: ConformanceCase[] = [
  ...brokenOff("trailer-syntax", ["trailer_malformed", "line_end_malformed"], {
    "a space before the colon": chunked("0\r\nA : b\r\n\r\n"),
    "no colon": chunked("0\r\nA\r\n\r\n"),
    "an empty name": chunked("0\r\n: b\r\n\r\n"),
    "a folded line": chunked("0\r\nA: b\r\n c\r\n\r\n"),
    "a space before the first": chunked("0\r\n A: b\r\n\r\n"),
    NUL: chunked("0\r\nA: \0\r\n\r\n"),
    "a byte above 0x7f in the name": chunked("0\r\n\xe4: b\r\n\r\n"),
    "a bare CR": chunked("0\r\nA: b\rc\r\n\r\n"),
    "a request in place of a trailer": chunked(`0\r\n${smuggled}`),
  }),
  ...brokenOff("trailer-syntax", ["trailers_too_large", "head_too_large", "too_many_headers"], {
    "trailers past their bound": chunked(`0\r\n${`A: ${"b".repeat(500)}\r\n`.repeat(20)}\r\n`),
  }),
  ...forbiddenTrailers.map((trailer) =>
    passes(
      "trailer-forbidden",
      `${trailer.split(":")[0] ?? ""} is dropped`,
      chunked(`2\r\nab\r\n0\r\nA: 1\r\n${trailer}\r\n\r\n`),
      { request: { body: "ab", trailers: [["A", "1"]] } },
    ),
  ),
  passes(
    "trailers-pass",
    "request trailers reach the upstream",
    chunked("2\r\nab\r\n0\r\nX-Sum: 1\r\nx-sum: 2\r\n\r\n", "Trailer: X-Sum"),
    {
      request: {
        body: "ab",
        trailers: [
          ["X-Sum", "1"],
          ["x-sum", "2"],
        ],
        lacks: ["x-sum"],
      },
    },
  ),
];

/** Cases about chunked bodies and their trailers. */
export const chunkCases: readonly ConformanceCase[] = [...chunkRows, ...trailerRows];
