import { answers, type ConformanceCase, get, message, okReply, passes, type RawReply } from "../support/case.ts";

const ok = "HTTP/1.1 200 OK\r\n";
const closing = (...pieces: readonly string[]): RawReply => ({ pieces, then: "close" });

const bodyless = { framing: "none", body: "" } as const;

const passingRows: ConformanceCase[] = [
  passes("no-body-statuses", "HEAD keeps Content-Length and has no body", message(["HEAD / HTTP/1.1", "Host: a"]), {
    reply: `${ok}Content-Length: 5\r\n\r\n`,
    request: { method: "HEAD" },
    response: { ...bodyless, has: { "content-length": "5" } },
    closes: false,
  }),
  passes(
    "no-body-statuses",
    "HEAD keeps Transfer-Encoding or drops it, but has no chunks",
    message(["HEAD / HTTP/1.1", "Host: a"]),
    {
      reply: `${ok}Transfer-Encoding: chunked\r\n\r\n`,
      response: bodyless,
      closes: false,
    },
  ),
  passes("no-body-statuses", "HEAD without any framing ends at its head", message(["HEAD / HTTP/1.1", "Host: a"]), {
    reply: `${ok}X: 1\r\n\r\n`,
    response: { ...bodyless, has: { x: "1" } },
    closes: false,
  }),
  passes("no-body-statuses", "a body to HEAD is dropped with its connection", message(["HEAD / HTTP/1.1", "Host: a"]), {
    reply: "HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 2\r\n\r\nno",
    response: { ...bodyless, status: 405 },
  }),
  answers("no-body-statuses", "204 ends at its head", "HTTP/1.1 204 No Content\r\n\r\n", {
    ...bodyless,
    status: 204,
    lacks: ["content-length", "transfer-encoding"],
    closes: false,
  }),
  answers(
    "no-body-statuses",
    "304 keeps Content-Length and has no body",
    'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nETag: "a"\r\n\r\n',
    { ...bodyless, status: 304, has: { etag: '"a"' }, closes: false },
  ),
  answers("no-body-statuses", "304 without framing ends at its head", "HTTP/1.1 304 Not Modified\r\n\r\n", {
    ...bodyless,
    status: 304,
    closes: false,
  }),
  answers(
    "no-body-statuses",
    "205 with length zero passes",
    "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n",
    { status: 205, body: "", closes: false },
  ),
  answers(
    "headers-identical",
    "Set-Cookie keeps order, case and repetition",
    `${ok}Set-Cookie: b=1\r\nX-A: 1\r\nset-cookie: a=2; Path=/\r\nSET-COOKIE: b=1\r\nContent-Length: 0\r\n\r\n`,
    {
      has: { "set-cookie": ["b=1", "a=2; Path=/", "b=1"] },
    },
  ),
  answers("headers-identical", "an empty reason passes", "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok", {
    reason: "",
    body: "ok",
  }),
  answers(
    "headers-identical",
    "a reason of one's own passes",
    "HTTP/1.1 299 Fine, thanks \xe4\r\nContent-Length: 2\r\n\r\nok",
    { status: 299, reason: "Fine, thanks \xe4" },
  ),
  answers("headers-identical", "status 999 passes", "HTTP/1.1 999 Odd\r\nContent-Length: 2\r\n\r\nok", { status: 999 }),
  answers(
    "headers-identical",
    "Server and Content-Encoding stay the upstream's",
    `${ok}Server: s/1\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok`,
    {
      has: { server: "s/1", "content-encoding": "gzip" },
      body: "ok",
    },
  ),
  answers("headers-not-added", "a response gets no Server, Content-Type or Cache-Control", okReply, {
    lacks: ["server", "content-type", "cache-control"],
  }),
  ...["Keep-Alive: timeout=5", "Proxy-Connection: keep-alive", "Proxy-Authenticate: Basic", "Upgrade: h2c"].map(
    (line) =>
      answers(
        "hop-by-hop-response",
        `${line.split(":")[0] ?? ""} ends here`,
        `${ok}${line}\r\nContent-Length: 2\r\n\r\nok`,
        { lacks: [line.split(":")[0] ?? ""] },
      ),
  ),
  answers(
    "hop-by-hop-response",
    "what Connection names ends here",
    `${ok}Connection: x-a, keep-alive\r\nX-A: 1\r\nX-B: 2\r\nContent-Length: 2\r\n\r\nok`,
    {
      lacks: ["x-a"],
      has: { "x-b": "2" },
    },
  ),
  answers(
    "hop-by-hop-response",
    "Connection cannot remove Content-Length",
    `${ok}Connection: content-length\r\nContent-Length: 2\r\n\r\nok`,
    { has: { "content-length": "2" }, body: "ok" },
  ),
  answers(
    "hop-by-hop-response",
    "the upstream's Connection: close is not the client's",
    `${ok}Connection: close\r\nContent-Length: 2\r\n\r\nok`,
    { body: "ok", closes: false },
  ),
  answers(
    "body-identical",
    "chunks reach the client as one body",
    `${ok}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n2;x=y\r\nbc\r\n0\r\n\r\n`,
    { framing: "chunked", body: "abc", closes: false },
  ),
  answers("body-identical", "a length stays a length", okReply, { framing: "length", body: "ok", closes: false }),
  answers("body-identical", "a length of zero stays zero", `${ok}Content-Length: 0\r\n\r\n`, {
    framing: "length",
    body: "",
    closes: false,
  }),
  answers(
    "trailers-pass",
    "response trailers reach the client",
    `${ok}Trailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nX-Sum: 1\r\n\r\n`,
    { body: "ab", trailers: [["X-Sum", "1"]] },
  ),
  answers(
    "trailer-forbidden",
    "framing in response trailers is dropped",
    `${ok}Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nContent-Length: 9\r\nX-Sum: 1\r\n\r\n`,
    { body: "ab", trailers: [["X-Sum", "1"]] },
  ),
  answers("close-delimited", "it becomes chunked and the connection stays", closing(`${ok}X: 1\r\n\r\n`, "hello"), {
    framing: "chunked",
    body: "hello",
    closes: false,
  }),
  answers("close-delimited", "an empty one is complete", closing(`${ok}\r\n`), { body: "", closes: false }),
  answers(
    "close-delimited",
    "HTTP/1.0 upstreams end so",
    closing("HTTP/1.0 200 OK\r\nConnection: close\r\n\r\nhello"),
    { version: "HTTP/1.1", body: "hello", closes: false },
  ),
  answers(
    "close-delimited",
    "a reset in place of the end breaks it visibly",
    { pieces: [`${ok}X: 1\r\n\r\nhello`], then: "reset" },
    { complete: false, closes: true },
  ),
  answers("date", "it is added", okReply, {
    has: { date: /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/ },
  }),
  answers(
    "date",
    "the upstream's own stays",
    `${ok}Date: Tue, 15 Nov 1994 08:12:31 GMT\r\nContent-Length: 2\r\n\r\nok`,
    { has: { date: "Tue, 15 Nov 1994 08:12:31 GMT" } },
  ),
];

const old = (...lines: readonly string[]): string => message(["GET / HTTP/1.0", "Host: a", ...lines]);

const oldClientRows: ConformanceCase[] = [
  passes("http10-client", "chunks are taken out and the end is the close", old(), {
    reply: `${ok}Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n`,
    response: { body: "abc", framing: "close", lacks: ["transfer-encoding"] },
    closes: true,
  }),
  passes("http10-client", "a kept-alive client gets no chunks either", old("Connection: keep-alive"), {
    reply: `${ok}Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nX: y\r\n\r\n`,
    response: { body: "ab", framing: "close", lacks: ["transfer-encoding"] },
    closes: true,
  }),
  passes("http10-client", "a length passes and the connection closes", old(), {
    response: { body: "ok", framing: "length" },
    closes: true,
  }),
  passes("http10-client", "a close-delimited response passes as it is", old(), {
    reply: closing(`${ok}\r\n`, "hello"),
    response: { body: "hello", framing: "close" },
    closes: true,
  }),
  passes("http10-client", "its Expect means nothing and goes no further", old("Expect: 100-continue"), {
    request: { lacks: ["expect"] },
  }),
  passes("keep-alive", "HTTP/1.1 stays open", get(), { closes: false }),
  passes("keep-alive", "HTTP/1.1 with close closes and says so", get("Connection: close"), {
    response: { has: { connection: "close" } },
    closes: true,
  }),
  passes("keep-alive", "close is found in a list in any case of letters", get("Connection: foo, CLOSE"), {
    closes: true,
  }),
  passes("keep-alive", "close is found on a second line", get("Connection: foo", "Connection: close"), {
    closes: true,
  }),
  passes("keep-alive", "closed is not close", get("Connection: closed"), { closes: false }),
  passes("keep-alive", "HTTP/1.0 closes", old(), { closes: true }),
  // RFC 9112 §C.2.2: a proxy keeps no connection with an HTTP/1.0 client.
  passes("keep-alive", "HTTP/1.0 closes even with keep-alive", old("Connection: Keep-Alive"), { closes: true }),
  passes("keep-alive", "nothing after Connection: close is served", `${get("Connection: close")}${get()}`, {
    closes: true,
  }),
  passes("pipelining", "three requests get three answers", `${get()}${get()}${get()}`, {
    requests: [{}, {}, {}],
    responses: [{ body: "ok" }, { body: "ok" }, { body: "ok" }],
    closes: false,
  }),
  passes(
    "pipelining",
    "bodies and heads alternate",
    `POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /2 HTTP/1.1\r\nHost: a\r\n\r\nPOST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\nHEAD /4 HTTP/1.1\r\nHost: a\r\n\r\n`,
    {
      methods: ["POST", "GET", "POST", "HEAD"],
      requests: [
        { target: "/1", body: "abc" },
        { target: "/2", body: "" },
        { target: "/3", body: "x" },
        { target: "/4", method: "HEAD" },
      ],
      responses: [{}, {}, {}, bodyless],
      reply: `${ok}Content-Length: 0\r\n\r\n`,
    },
  ),
];

/** Cases about responses that pass, and to which client. */
export const answerCases: readonly ConformanceCase[] = [...passingRows, ...oldClientRows];
