import type { SeededRandom } from "./random.ts";

const head = (lines: readonly string[], body: string = ""): string => `${lines.join("\r\n")}\r\n\r\n${body}`;

/** Valid requests of many forms; everything starts from one of these. */
const templates: readonly string[] = [
  head(["GET / HTTP/1.1", "Host: a"]),
  head(["GET /a/b?c=d&e=%20 HTTP/1.1", "Host: example.com:8080", "Accept: */*", "User-Agent: x"]),
  head(["HEAD /h HTTP/1.1", "Host: a", "Accept-Encoding: gzip"]),
  head(["OPTIONS * HTTP/1.1", "Host: a", "Max-Forwards: 5"]),
  head(["GET http://b.example/abs?q HTTP/1.1", "Host: b.example"]),
  head(["DELETE /d HTTP/1.1", "Host: [::1]:80", "Cookie: a=b", "Cookie: c=d"]),
  head(
    ["POST /invocations HTTP/1.1", "Host: a", "Content-Type: application/json", "Content-Length: 13"],
    '{"a":[1,2,3]}',
  ),
  head(["POST /p HTTP/1.1", "Host: a", "Content-Length: 0"]),
  head(["PUT /q HTTP/1.1", "content-length: 37", "host: a"], "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n12"),
  head(["POST /c HTTP/1.1", "Host: a", "Transfer-Encoding: chunked"], "5\r\nhello\r\n0\r\n\r\n"),
  head(
    ["POST /c2 HTTP/1.1", "Host: a", "transfer-encoding:Chunked", "Trailer: X-T"],
    "a;ext=1\r\n0123456789\r\n1\r\nx\r\n0\r\nX-T: 1\r\n\r\n",
  ),
  head(
    ["PATCH /c3 HTTP/1.1", "Host: a", "Transfer-Encoding: chunked", "Connection: x-y, te", "TE: trailers", "X-Y: 1"],
    "2\r\n\r\n\r\n0\r\n\r\n",
  ),
  head(["GET /u HTTP/1.1", "Host: a", "Connection: Upgrade", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"]),
  head(["GET /f HTTP/1.1", "Host: a", "X-Forwarded-For: 10.0.0.1", "Via: 1.1 x", "X-Request-Id: abc"]),
  head(["POST /e HTTP/1.1", "Host: a", "Content-Length: 5, 5"], "abcde"),
  `\r\n${head(["GET /crlf HTTP/1.1", "Host: a"])}`,
];

const headerLines: readonly string[] = [
  "Content-Length: 5",
  "Content-Length: 05",
  "Content-Length: +5",
  "Content-Length: 0",
  "Content-Length: 5,6",
  "Content-Length: 18446744073709551621",
  "Content-Length : 5",
  "Transfer-Encoding: chunked",
  "Transfer-Encoding: identity",
  "Transfer-Encoding: xchunked",
  "Transfer-Encoding : chunked",
  "Transfer-Encoding: chunked, identity",
  "Transfer-Encoding:\x0bchunked",
  "Transfer-Encoding:\r\n chunked",
  " Transfer-Encoding: chunked",
  "X: y\nTransfer-Encoding: chunked",
  "X: y\rContent-Length: 3",
  "Transfer_Encoding: chunked",
  "Host: b",
  "Connection: close",
  "Connection: content-length, transfer-encoding, host",
  "Expect: 100-continue",
  "X-Outrider-Error: x",
  "TE: gzip, trailers",
  ": empty",
  "no colon",
  "Max-Forwards: 3",
];

const bits: readonly string[] = [
  "\r",
  "\n",
  "\r\n",
  "\r\n\r\n",
  "\0",
  "\t",
  " ",
  ":",
  ";",
  ",",
  "\x0b",
  "\x0c",
  "\x7f",
  "\x80",
  "\xff",
  "0",
  "5",
  "f",
  "+",
  "-",
  "x",
  "_",
  "#",
  "\\",
  "%",
  "/",
  "*",
  '"',
];
const versions: readonly string[] = [
  "HTTP/1.0",
  "HTTP/1.1",
  "HTTP/1.2",
  "HTTP/2.0",
  "HTTP/0.9",
  "http/1.1",
  "HTTP/1.1 ",
  " HTTP/1.1",
];
const sizes: readonly string[] = [
  "0",
  "00",
  "5 ",
  " 5",
  "+5",
  "-5",
  "0x5",
  "5_",
  "A",
  "FFFFFFFFFFFFFFFF",
  "10000000000000005",
  "5;a",
  "5;\n",
  "",
  "5\r",
];

type Mutation = (text: string, random: SeededRandom) => string;

const splice = (text: string, at: number, remove: number, insert: string): string =>
  text.slice(0, at) + insert + text.slice(at + remove);

/** Replaces the match of `pattern` with the given number (among all matches); leaves the text alone when there is none. */
function replaceOne(
  text: string,
  pattern: RegExp,
  random: SeededRandom,
  replacement: (found: string) => string,
): string {
  const matches = [...text.matchAll(pattern)];
  if (matches.length === 0) return text;
  const match = random.pick(matches);
  return splice(text, match.index, match[0].length, replacement(match[0]));
}

const mutations: readonly Mutation[] = [
  (text, random) => splice(text, random.below(text.length), 1, String.fromCharCode(random.below(256))),
  (text, random) => splice(text, random.below(text.length), 0, random.pick(bits)),
  (text, random) => splice(text, random.below(text.length), 1 + random.below(3), ""),
  (text, random) => splice(text, random.below(text.length), 1, random.pick(bits)),
  (text, random) => replaceOne(text, /\r\n/g, random, () => `\r\n${random.pick(headerLines)}\r\n`),
  (text, random) => replaceOne(text, /\r\n/g, random, () => `\r\n${random.pick(headerLines)}\r\n`),
  (text, random) =>
    replaceOne(text, /\r\n/g, random, () => random.pick(["\n", "\r", "\r\r\n", "\n\r", "\r\n\r\n", ""])),
  (text, random) => replaceOne(text, /[^\r\n]+\r\n/g, random, (line) => line + line),
  (text, random) => replaceOne(text, /[^\r\n]+\r\n/g, random, () => ""),
  (text, random) =>
    replaceOne(text, /[A-Za-z]/g, random, (letter) =>
      letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
    ),
  (text, random) =>
    replaceOne(text, /: ?/g, random, () => random.pick([":", " : ", ":\t", "\t:", ":  ", ": ,", ":\x0b"])),
  (text, random) => replaceOne(text, /HTTP\/1\.1/g, random, () => random.pick(versions)),
  (text, random) => replaceOne(text, /(?<=\r\n)[0-9a-f]+(?=[;\r])/g, random, () => random.pick(sizes)),
  (text, random) =>
    replaceOne(text, /(?<=[Ll]ength: )\d+/g, random, (digits) =>
      random.pick([
        `${Number(digits) + 1}`,
        `${Math.max(0, Number(digits) - 1)}`,
        `0${digits}`,
        `${digits} `,
        `${digits},${digits}`,
        `+${digits}`,
        `${digits}.0`,
      ]),
    ),
  (text, random) => replaceOne(text, / /g, random, () => random.pick(["  ", "\t", "", "\xa0"])),
  (text, random) => replaceOne(text, /(?<=\r\n)(?=[A-Za-z])/g, random, () => random.pick([" ", "\t"])),
  (text, random) => text + random.pick(bits),
  (text, random) => text.slice(0, 1 + random.below(text.length)),
];

/** A valid request with none to three mutations. */
export function mutatedRequest(random: SeededRandom): string {
  return mutated(random.pick(templates), random);
}

/** The text with none to three mutations. */
export function mutated(original: string, random: SeededRandom): string {
  let text = original;
  for (let left = random.pick([0, 1, 1, 1, 2, 3]); left > 0; left--) text = random.pick(mutations)(text, random);
  return text;
}

/** The bytes cut into one to four pieces at random places. */
export function cutAtRandom(bytes: Buffer, random: SeededRandom): Buffer[] {
  const places = Array.from({ length: random.pick([0, 0, 0, 1, 1, 2, 3]) }, () => random.below(bytes.length + 1)).sort(
    (a, b) => a - b,
  );
  const edges = [0, ...places, bytes.length];
  return edges
    .slice(1)
    .map((end, index) => bytes.subarray(edges[index], end))
    .filter((piece) => piece.length > 0);
}
