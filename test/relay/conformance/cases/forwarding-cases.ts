import { type ConformanceCase, get, passes, post } from "../support/case.ts";

const hopByHop: Readonly<Record<string, string>> = {
  connection: "keep-alive",
  "keep-alive": "timeout=5",
  "proxy-connection": "keep-alive",
  "proxy-authenticate": "Basic",
  "proxy-authorization": "Basic eDp5",
  upgrade: "h2c",
  "http2-settings": "AAMAAABk",
};

const hopRows: ConformanceCase[] = [
  ...Object.entries(hopByHop)
    .filter(([name]) => name !== "connection")
    .map(([name, value]) =>
      passes("hop-by-hop-request", `${name} ends here`, get(`${name}: ${value}`), { request: { lacks: [name] } }),
    ),
  passes(
    "hop-by-hop-request",
    "what Connection names ends here",
    get("Connection: X-A, x-b", "X-A: 1", "X-B: 2", "X-C: 3"),
    {
      request: { lacks: ["x-a", "x-b"], has: { "x-c": "3" } },
    },
  ),
  passes(
    "hop-by-hop-request",
    "what a second Connection line names ends here",
    get("Connection: x-a", "X-A: 1", "X-B: 2", "Connection: x-b"),
    {
      request: { lacks: ["x-a", "x-b"] },
    },
  ),
  passes("hop-by-hop-request", "names in Connection may come after what they name", get("X-A: 1", "Connection: x-a"), {
    request: { lacks: ["x-a"] },
  }),
  passes("hop-by-hop-request", "repeated headers all end here", get("X-A: 1", "Connection: x-a", "X-A: 2", "x-a: 3"), {
    request: { lacks: ["x-a"] },
  }),
  passes("hop-by-hop-request", "empty members of Connection do no harm", get("Connection: , ,x-a,, ,", "X-A: 1"), {
    request: { lacks: ["x-a"] },
  }),
  passes(
    "hop-by-hop-request",
    "tabs between members do no harm",
    get("Connection: \tx-a\t,\tx-b", "X-A: 1", "X-B: 1"),
    {
      request: { lacks: ["x-a", "x-b"] },
    },
  ),
  passes(
    "hop-by-hop-request",
    "a name in Connection is compared as a whole",
    get("Connection: x-a", "X-A: 1", "X-Ab: 2", "X: 3"),
    {
      request: { lacks: ["x-a"], has: { "x-ab": "2", x: "3" } },
    },
  ),
  passes("hop-by-hop-request", "Connection: close is for this hop only", get("Connection: close"), {
    closes: true,
  }),
  passes(
    "connection-cannot-remove",
    "Content-Length stays",
    post(["Connection: Content-Length", "Content-Length: 2"], "ab"),
    { request: { body: "ab", has: { "content-length": "2" } } },
  ),
  passes(
    "connection-cannot-remove",
    "Transfer-Encoding stays",
    post(["Connection: Transfer-Encoding", "Transfer-Encoding: chunked"], "2\r\nab\r\n0\r\n\r\n"),
    { request: { body: "ab" } },
  ),
  passes("connection-cannot-remove", "Host stays", get("Connection: Host"), { request: { has: { host: "a" } } }),
  passes("connection-cannot-remove", "X-Forwarded-For is added all the same", get("Connection: X-Forwarded-For"), {
    request: { has: { "x-forwarded-for": /127\.0\.0\.1$/ } },
  }),
  passes(
    "connection-cannot-remove",
    "x-request-id is added all the same",
    get("Connection: x-request-id", "X-Request-Id: abc"),
    {
      request: { has: { "x-request-id": /.+/ } },
    },
  ),
  passes("connection-cannot-remove", "traceparent is added all the same", get("Connection: traceparent"), {
    request: { has: { traceparent: /^00-/ } },
  }),
  passes(
    "connection-cannot-remove",
    "a traceparent that was sent stays",
    get("Connection: traceparent", "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
    { request: { has: { traceparent: /^00-0af7651916cd43dd8448eb211c80319c-/ } } },
  ),
  passes(
    "connection-cannot-remove",
    "the addresses before stay",
    get("Connection: x-forwarded-for", "X-Forwarded-For: 10.0.0.1"),
    {
      request: { has: { "x-forwarded-for": "10.0.0.1, 127.0.0.1" } },
    },
  ),
  passes("connection-cannot-remove", "Via is added all the same", get("Connection: Via"), {
    request: { has: { via: /.+/ } },
  }),
  passes("te-trailers", "trailers is kept", get("TE: trailers", "Connection: TE"), {
    request: { has: { te: "trailers" } },
  }),
  passes("te-trailers", "other codings are taken out", get("TE: gzip, trailers;q=1, deflate;q=0.5", "Connection: TE"), {
    request: { has: { te: /^trailers/ } },
  }),
  passes("te-trailers", "without trailers nothing is left", get("TE: gzip", "Connection: TE"), {
    request: { lacks: ["te"] },
  }),
  passes("te-trailers", "a name that only begins like it is not it", get("TE: trailersx", "Connection: TE"), {
    request: { lacks: ["te"] },
  }),
];

const untouchedRows: ConformanceCase[] = [
  passes(
    "headers-not-added",
    "a bare request gets no Accept-Encoding, Content-Type, User-Agent or Accept",
    post(["Content-Length: 1"], "x"),
    {
      request: {
        lacks: ["accept-encoding", "content-type", "user-agent", "accept", "connection", "transfer-encoding", "date"],
      },
    },
  ),
  passes("headers-not-added", "a GET without a body gets no framing", get(), {
    request: { lacks: ["content-length", "transfer-encoding"] },
  }),
  passes(
    "headers-identical",
    "repeated headers arrive one by one",
    get("Cookie: a=1", "X-A: 1", "Cookie: b=2", "x-a: 2", "Authorization: A", "Authorization: B"),
    { request: { has: { cookie: ["a=1", "b=2"], "x-a": ["1", "2"], authorization: ["A", "B"] } } },
  ),
  passes(
    "body-identical",
    "JSON with NaN, 64-bit integers and markup",
    post(["Content-Length: 42"], '{"a": NaN,"b":9007199254740993,"c":"<>&"} '.slice(0, 42)),
    {
      request: { body: '{"a": NaN,"b":9007199254740993,"c":"<>&"} '.slice(0, 42) },
    },
  ),
  passes(
    "body-identical",
    "a body that looks like a request",
    post(["Content-Length: 37"], "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n12"),
    {
      request: { body: "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n12" },
    },
  ),
  passes("body-identical", "every byte value", post(["Content-Length: 256"], allBytes()), {
    request: { body: allBytes() },
  }),
  passes(
    "body-identical",
    "every byte value in chunks",
    post(["Transfer-Encoding: chunked"], `100\r\n${allBytes()}\r\n0\r\n\r\n`),
    {
      request: { body: allBytes() },
    },
  ),
  passes(
    "body-identical",
    "a chunk that holds chunk syntax",
    post(["Transfer-Encoding: chunked"], "9\r\n0\r\n\r\n2\r\na\r\n0\r\n\r\n"),
    {
      request: { body: "0\r\n\r\n2\r\na" },
    },
  ),
];

function allBytes(): string {
  return String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte));
}

/** Cases about what a request looks like when it arrives upstream. */
export const forwardingCases: readonly ConformanceCase[] = [...hopRows, ...untouchedRows];
