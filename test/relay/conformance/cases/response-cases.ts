import { answers, type ConformanceCase, type ExpectedResponse, type RawReply } from "../support/case.ts";

const bad: ExpectedResponse = { status: 502, has: { "x-outrider-error": "upstream_malformed" } };
const ok = "HTTP/1.1 200 OK\r\n";
const closing = (...pieces: readonly string[]): RawReply => ({ pieces, then: "close" });

const malformed = (
  rule: "response-line" | "response-header" | "response-framing",
  rows: Readonly<Record<string, string>>,
): ConformanceCase[] => Object.entries(rows).map(([name, reply]) => answers(rule, name, reply, bad));

const strictRows: ConformanceCase[] = [
  ...malformed("response-line", {
    "two spaces before the status": "HTTP/1.1  200 OK\r\nContent-Length: 0\r\n\r\n",
    "a status of two digits": "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n",
    "a status of four digits": "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n",
    "a status of letters": "HTTP/1.1 2xx OK\r\nContent-Length: 0\r\n\r\n",
    "a signed status": "HTTP/1.1 +20 OK\r\nContent-Length: 0\r\n\r\n",
    "status 000": "HTTP/1.1 000 OK\r\nContent-Length: 0\r\n\r\n",
    "status 099": "HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n",
    "HTTP/2.0": "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
    "HTTP/0.9": "HTTP/0.9 200 OK\r\nContent-Length: 0\r\n\r\n",
    "a lower-case protocol": "http/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "text in place of a status line": "hello\r\n\r\n",
    "an HTTP/2 settings frame": "\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x80",
    "an empty line before it": `\r\n\r\n${ok}Content-Length: 0\r\n\r\n`,
    "a bare LF after it": "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n",
    "a bare CR in the reason": "HTTP/1.1 200 O\rK\r\nContent-Length: 0\r\n\r\n",
    "NUL in the reason": "HTTP/1.1 200 O\0K\r\nContent-Length: 0\r\n\r\n",
    "a space before it": ` ${ok}Content-Length: 0\r\n\r\n`,
  }),
  ...malformed("response-header", {
    "a space before the colon": `${ok}X : 1\r\nContent-Length: 0\r\n\r\n`,
    "a folded line": `${ok}X: 1\r\n 2\r\nContent-Length: 0\r\n\r\n`,
    "a space before the first header": `${ok} X: 1\r\nContent-Length: 0\r\n\r\n`,
    "an empty name": `${ok}: 1\r\nContent-Length: 0\r\n\r\n`,
    "no colon": `${ok}X\r\nContent-Length: 0\r\n\r\n`,
    "NUL in a value": `${ok}X: \0\r\nContent-Length: 0\r\n\r\n`,
    "a bare CR in a value": `${ok}X: a\rSet-Cookie: b\r\nContent-Length: 0\r\n\r\n`,
    "a bare LF in a value": `${ok}X: a\nSet-Cookie: b\r\nContent-Length: 0\r\n\r\n`,
    "a byte above 0x7f in a name": `${ok}X\xe4: 1\r\nContent-Length: 0\r\n\r\n`,
    "a bare LF as the empty line": `${ok}Content-Length: 0\r\n\n`,
  }),
  ...malformed("response-framing", {
    "both length and coding": `${ok}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
    "two different lengths": `${ok}Content-Length: 2\r\nContent-Length: 3\r\n\r\nok`,
    "a list of different lengths": `${ok}Content-Length: 2, 3\r\n\r\nok`,
    "a signed length": `${ok}Content-Length: +2\r\n\r\nok`,
    "a negative length": `${ok}Content-Length: -2\r\n\r\nok`,
    "an empty length": `${ok}Content-Length:\r\n\r\nok`,
    "a length past 2^53": `${ok}Content-Length: 18446744073709551618\r\n\r\nok`,
    "a hexadecimal length": `${ok}Content-Length: 0x2\r\n\r\nok`,
    "an unknown coding": `${ok}Transfer-Encoding: xchunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
    "gzip and chunked": `${ok}Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
    "chunked and identity": `${ok}Transfer-Encoding: chunked, identity\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
    "chunked twice": `${ok}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
    "a coding in HTTP/1.0": "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "an empty coding": `${ok}Transfer-Encoding:\r\n\r\nok`,
  }),
  answers("response-framing", "equal lengths become one", `${ok}Content-Length: 2\r\nContent-Length: 2\r\n\r\nok`, {
    body: "ok",
    has: { "content-length": "2" },
  }),
  ...Object.entries({
    "a sign in a size": "+2\r\ncd\r\n0\r\n\r\n",
    "a prefix 0x": "0x2\r\ncd\r\n0\r\n\r\n",
    "a space after a size": "2 \r\ncd\r\n0\r\n\r\n",
    "a chunk longer than its size": "2\r\ncde\r\n0\r\n\r\n",
    "a bare LF after a size": "2\ncd\r\n0\r\n\r\n",
    "a bare LF after the data": "2\r\ncd\n0\r\n\r\n",
    "letters in place of the last chunk": "xyz\r\n\r\n",
    "a malformed trailer": "0\r\nA : b\r\n\r\n",
    "a bare LF as the end": "0\r\n\n",
    "a size that wraps": "10000000000000002\r\ncd\r\n0\r\n\r\n",
  }).map(([name, rest]) =>
    answers(
      "response-chunk",
      name,
      { pieces: [`${ok}Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n`, rest] },
      { complete: false, framing: "chunked", closes: true },
    ),
  ),
  answers("response-short", "a length that is not reached before FIN", closing(`${ok}Content-Length: 5\r\n\r\nab`), {
    complete: false,
    framing: "length",
    body: "ab",
    closes: true,
  }),
  answers(
    "response-short",
    "a length that is not reached before RST",
    { pieces: [`${ok}Content-Length: 5\r\n\r\nab`], then: "reset" },
    { complete: false, framing: "length", closes: true },
  ),
  answers(
    "response-short",
    "chunks without the last one before FIN",
    closing(`${ok}Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n`),
    { complete: false, framing: "chunked", body: "ab", closes: true },
  ),
  answers(
    "response-short",
    "chunks without the last one before RST",
    { pieces: [`${ok}Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n`], then: "reset" },
    { complete: false, framing: "chunked", closes: true },
  ),
  answers("response-short", "a chunk cut within", closing(`${ok}Transfer-Encoding: chunked\r\n\r\n5\r\nab`), {
    complete: false,
    framing: "chunked",
    closes: true,
  }),
  answers(
    "response-short",
    "the last chunk without its empty line",
    closing(`${ok}Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n`),
    { complete: false, framing: "chunked", closes: true },
  ),
];

/** Cases about responses that are refused or broken off. */
export const responseCases: readonly ConformanceCase[] = [...strictRows];
