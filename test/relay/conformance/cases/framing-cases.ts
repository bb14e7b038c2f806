import { type ConformanceCase, get, message, passes, post, refused } from "../support/case.ts";

const smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

const lengthRows: ConformanceCase[] = [
  ...refused("length-syntax", "content_length_malformed", {
    "a plus sign": post(["Content-Length: +1"], "x"),
    "a minus sign": post(["Content-Length: -1"], "x"),
    "minus zero": post(["Content-Length: -0"], ""),
    hexadecimal: post(["Content-Length: 0x1"], "x"),
    "hexadecimal letters": post(["Content-Length: a"], "0123456789"),
    "an exponent": post(["Content-Length: 1e1"], "0123456789"),
    "a fraction": post(["Content-Length: 1.0"], "x"),
    "a space within": post(["Content-Length: 1 0"], "0123456789"),
    "a tab within": post(["Content-Length: 1\t0"], "0123456789"),
    "an underscore within": post(["Content-Length: 1_0"], "0123456789"),
    "a letter after it": post(["Content-Length: 1x"], "x"),
    "a semicolon after it": post(["Content-Length: 1;"], "x"),
    "an empty value": post(["Content-Length:"], ""),
    "a word": post(["Content-Length: one"], "x"),
    quotes: post(['Content-Length: "1"'], "x"),
    "a digit from another script": post(["Content-Length: \xb2"], "xx"),
    "2^53": post(["Content-Length: 9007199254740992"], ""),
    "2^64": post(["Content-Length: 18446744073709551616"], ""),
    "2^64 + 1": post(["Content-Length: 18446744073709551617"], "x"),
    "2^32 in a value that wraps": post(["Content-Length: 340282366920938463463374607431768211457"], "x"),
    "a bad value on GET as well": get("Content-Length: x"),
    "a bad value in HTTP/1.0 as well": message(["POST / HTTP/1.0", "Content-Length: +1"], "x"),
  }),
  passes("length-syntax", "leading zeros are digits", post(["Content-Length: 0002"], "ab"), {
    request: { body: "ab" },
  }),
  passes("length-syntax", "zero is a length", `${post(["Content-Length: 0"], "")}${get()}`, {
    methods: ["POST", "GET"],
    requests: [{ body: "", has: { "content-length": "0" } }, {}],
    responses: [{}, {}],
  }),
  passes("length-syntax", "a GET may have a body", message(["GET / HTTP/1.1", "Host: a", "Content-Length: 2"], "ab"), {
    request: { body: "ab" },
  }),
  passes(
    "length-syntax",
    "a DELETE may have a body",
    message(["DELETE / HTTP/1.1", "Host: a", "Content-Length: 2"], "ab"),
    {
      request: { body: "ab" },
    },
  ),
  ...refused("length-repeated", ["content_length_conflict", "content_length_malformed"], {
    "two different lines": post(["Content-Length: 1", "Content-Length: 2"], "xy"),
    "two different lines, the other way round": post(["Content-Length: 2", "Content-Length: 1"], "xy"),
    "two different values in one line": post(["Content-Length: 1, 2"], "xy"),
    "a good and a bad line": post(["Content-Length: 1", "Content-Length: x"], "x"),
    "a good and an empty line": post(["Content-Length: 1", "Content-Length:"], "x"),
    "three lines of which the last differs": post(["Content-Length: 1", "Content-Length: 1", "Content-Length: 0"], "x"),
    "the same number in other digits": post(["Content-Length: 1", "Content-Length: 01"], "x"),
    "a list that ends in a comma": post(["Content-Length: 1,"], "x"),
    "a list that begins with a comma": post(["Content-Length: ,1"], "x"),
    "a list with a sign": post(["Content-Length: 1, +1"], "x"),
    "a list of zero and more": post(["Content-Length: 0, 5"], "xxxxx"),
  }),
  passes("length-repeated", "equal lines become one", post(["Content-Length: 2", "Content-Length: 2"], "ab"), {
    request: { body: "ab", has: { "content-length": "2" } },
  }),
  passes("length-repeated", "equal values of a list become one", post(["Content-Length: 2, 2"], "ab"), {
    request: { body: "ab", has: { "content-length": "2" } },
  }),
];

const codingRows: ConformanceCase[] = [
  ...refused("framing-conflict", "framing_conflict", {
    "length before coding": post(["Content-Length: 5", "Transfer-Encoding: chunked"], `0\r\n\r\n${smuggled}`),
    "coding before length": post(["Transfer-Encoding: chunked", "Content-Length: 5"], `0\r\n\r\n${smuggled}`),
    "a length of zero": post(["Content-Length: 0", "Transfer-Encoding: chunked"], "0\r\n\r\n"),
    "names in lower case": post(["content-length: 5", "transfer-encoding: chunked"], "0\r\n\r\n"),
    "GET as well": message(
      ["GET / HTTP/1.1", "Host: a", "Content-Length: 5", "Transfer-Encoding: chunked"],
      "0\r\n\r\n",
    ),
  }),
  ...refused("framing-conflict", ["framing_conflict", "transfer_encoding_malformed", "transfer_encoding_unsupported"], {
    "a length beside an unknown coding": post(["Content-Length: 5", "Transfer-Encoding: xchunked"], "hello"),
    "a length beside identity": post(["Content-Length: 5", "Transfer-Encoding: identity"], "hello"),
    "a length beside an empty coding": post(["Content-Length: 5", "Transfer-Encoding:"], "hello"),
    "both in HTTP/1.0": message(["POST / HTTP/1.0", "Content-Length: 5", "Transfer-Encoding: chunked"], "0\r\n\r\n"),
  }),
  ...refused("framing-conflict", ["framing_conflict", "content_length_malformed"], {
    "a bad length beside a coding": post(["Content-Length: x", "Transfer-Encoding: chunked"], "0\r\n\r\n"),
  }),
  ...refused("transfer-coding", ["transfer_encoding_unsupported", "transfer_encoding_malformed"], {
    "an unknown coding": post(["Transfer-Encoding: xchunked"], "0\r\n\r\n"),
    gzip: post(["Transfer-Encoding: gzip"], "x"),
    identity: post(["Transfer-Encoding: identity"], "x"),
    chunkedx: post(["Transfer-Encoding: chunkedx"], "0\r\n\r\n"),
    chunke: post(["Transfer-Encoding: chunke"], "0\r\n\r\n"),
    cow: post(["Transfer-Encoding: cow"], "0\r\n\r\n"),
  }),
  ...refused("transfer-coding", ["transfer_encoding_unsupported", "transfer_encoding_malformed"], {
    "gzip and then chunked": post(["Transfer-Encoding: gzip, chunked"], "0\r\n\r\n"),
    "chunked and then gzip": post(["Transfer-Encoding: chunked, gzip"], "0\r\n\r\n"),
    "chunked and then identity": post(["Transfer-Encoding: chunked, identity"], "0\r\n\r\n"),
    "identity and then chunked": post(["Transfer-Encoding: identity, chunked"], "0\r\n\r\n"),
    "chunked twice in a list": post(["Transfer-Encoding: chunked, chunked"], "0\r\n\r\n"),
    "chunked on two lines": post(["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"], "0\r\n\r\n"),
    "chunked and identity on two lines": post(
      ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"],
      "0\r\n\r\n",
    ),
    "identity and chunked on two lines": post(
      ["Transfer-Encoding: identity", "Transfer-Encoding: chunked"],
      "0\r\n\r\n",
    ),
    "gzip and chunked on two lines": post(["Transfer-Encoding: gzip", "Transfer-Encoding: chunked"], "0\r\n\r\n"),
    "an empty second line": post(["Transfer-Encoding: chunked", "Transfer-Encoding:"], "0\r\n\r\n"),
    "an empty value": post(["Transfer-Encoding:"], "0\r\n\r\n"),
    "a comma before it": post(["Transfer-Encoding: , chunked"], "0\r\n\r\n"),
    "a comma after it": post(["Transfer-Encoding: chunked,"], "0\r\n\r\n"),
    "a parameter": post(["Transfer-Encoding: chunked;a=b"], "0\r\n\r\n"),
    "a semicolon": post(["Transfer-Encoding: chunked;"], "0\r\n\r\n"),
    quotes: post(['Transfer-Encoding: "chunked"'], "0\r\n\r\n"),
    "a full stop": post(["Transfer-Encoding: chunked."], "0\r\n\r\n"),
    "a byte above 0x7f after it": post(["Transfer-Encoding: chunked\xa0"], "0\r\n\r\n"),
    "a byte above 0x7f before it": post(["Transfer-Encoding: \x85chunked"], "0\r\n\r\n"),
    "a space within": post(["Transfer-Encoding: chun ked"], "0\r\n\r\n"),
    "two words": post(["Transfer-Encoding: chunked chunked"], "0\r\n\r\n"),
  }),
  ...refused(
    "transfer-coding",
    ["header_value_malformed", "transfer_encoding_unsupported", "transfer_encoding_malformed"],
    {
      "a vertical tab before it": post(["Transfer-Encoding: \x0bchunked"], "0\r\n\r\n"),
      "a vertical tab after it": post(["Transfer-Encoding: chunked\x0b"], "0\r\n\r\n"),
      "a form feed before it": post(["Transfer-Encoding: \x0cchunked"], "0\r\n\r\n"),
      "NUL after it": post(["Transfer-Encoding: chunked\0"], "0\r\n\r\n"),
    },
  ),
  ...["chunked", "Chunked", "CHUNKED", "cHuNkEd"].map((coding) =>
    passes(
      "transfer-coding",
      `${coding} is understood`,
      post([`Transfer-Encoding: ${coding}`], "2\r\nab\r\n0\r\n\r\n"),
      {
        request: { body: "ab", lacks: ["content-length"] },
      },
    ),
  ),
  passes(
    "transfer-coding",
    "white space around it does not count",
    post(["Transfer-Encoding: \t chunked \t "], "2\r\nab\r\n0\r\n\r\n"),
    {
      request: { body: "ab" },
    },
  ),
  passes(
    "transfer-coding",
    "the name may be in any case of letters",
    post(["tRANSFER-eNCODING:chunked"], "2\r\nab\r\n0\r\n\r\n"),
    {
      request: { body: "ab" },
    },
  ),
  ...refused("transfer-coding-old", "transfer_encoding_malformed", {
    "chunked in HTTP/1.0": message(["POST / HTTP/1.0", "Host: a", "Transfer-Encoding: chunked"], "0\r\n\r\n"),
    "chunked in a kept-alive HTTP/1.0": message(
      ["POST / HTTP/1.0", "Connection: keep-alive", "Transfer-Encoding: chunked"],
      "0\r\n\r\n",
    ),
  }),
];

/** Cases about the length and the codings that a request declares. */
export const framingCases: readonly ConformanceCase[] = [...lengthRows, ...codingRows];
