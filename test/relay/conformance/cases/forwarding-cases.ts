import { type ConformanceCase, get, message, passes, post } from "../case.ts";

const hopByHop: Readonly<Record<string, string>> = {
  connection: "keep-alive",
  "keep-alive": "timeout=5",
  "proxy-connection": "keep-alive",
  "proxy-authenticate": "Basic",
  "proxy-authorization": "Basic eDp5",
  upgrade: "h2c",
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

const addedRows: ConformanceCase[] = [
  passes("forwarded-for", "it is made when there is none", get(), {
    request: { has: { "x-forwarded-for": "127.0.0.1" } },
  }),
  passes("forwarded-for", "it is appended to", get("X-Forwarded-For: 10.0.0.1"), {
    request: { has: { "x-forwarded-for": "10.0.0.1, 127.0.0.1" } },
  }),
  passes("forwarded-for", "a list grows at its end", get("X-Forwarded-For: 10.0.0.1, 10.0.0.2"), {
    request: { has: { "x-forwarded-for": "10.0.0.1, 10.0.0.2, 127.0.0.1" } },
  }),
  passes(
    "forwarded-for",
    "several lines keep their order and ours is last",
    get("X-Forwarded-For: 10.0.0.1", "X-Forwarded-For: 10.0.0.2"),
    {
      request: { has: { "x-forwarded-for": /^10\.0\.0\.1, ?10\.0\.0\.2, ?127\.0\.0\.1$/ } },
    },
  ),
  passes("forwarded-for", "an empty one is not made worse", get("X-Forwarded-For:"), {
    request: { has: { "x-forwarded-for": /127\.0\.0\.1$/ } },
  }),
  ...["x-outrider-error: spoofed", "X-Outrider-Request-Id: spoofed", "X-OUTRIDER-ANYTHING: spoofed"].map((line) =>
    passes("internal-headers", `${line.split(":")[0] ?? ""} is removed`, get(line, "X-Outride: kept"), {
      request: { lacks: [line.split(":")[0] ?? ""], has: { "x-outride": "kept" } },
    }),
  ),
  ...["abc", "0", "A-b_c.d~9", "f".repeat(64)].map((id) =>
    passes("request-id", `${id.slice(0, 12)} is kept and returned`, get(`X-Request-Id: ${id}`), {
      request: { has: { "x-request-id": id } },
      response: { has: { "x-request-id": id, "x-outrider-request-id": id } },
    }),
  ),
  passes("request-id", "one is made when there is none", get(), {
    request: { has: { "x-request-id": /^[!-~]{8,128}$/ } },
    response: { has: { "x-request-id": /^[!-~]{8,128}$/, "x-outrider-request-id": /^[!-~]{8,128}$/ } },
  }),
  ...Object.entries({
    "an empty one": "",
    "one with spaces": "a b",
    "one with a quote": 'a"b',
    "one with markup": "<script>",
    "one with a byte above 0x7f": "\xe4",
    "one that is far too long": "a".repeat(4_000),
    "one with a comma": "a,b",
  }).map(([name, id]) =>
    passes("request-id", `${name} is not trusted as identity`, get(`X-Request-Id: ${id}`), {
      response: { has: { "x-outrider-request-id": /^[A-Za-z0-9._~:/=+@-]{8,128}$/ } },
    }),
  ),
  passes("request-id", "two of them make no identity", get("X-Request-Id: first-one", "X-Request-Id: second-one"), {
    response: { has: { "x-outrider-request-id": /^(?!.*second-one)[A-Za-z0-9._~-]{8,128}$/ } },
  }),
  passes("request-id", "the upstream's own is kept in the response", get("X-Request-Id: mine"), {
    reply: message(["HTTP/1.1 200 OK", "X-Request-Id: theirs", "Content-Length: 2"], "ok"),
    response: { has: { "x-request-id": "theirs", "x-outrider-request-id": "mine" } },
  }),
  passes(
    "traceparent",
    "a valid one is kept",
    get("traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
    {
      request: { has: { traceparent: /^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-0[01]$/ } },
    },
  ),
  passes("traceparent", "one is made when there is none", get(), {
    request: { has: { traceparent: /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/ } },
  }),
  ...Object.entries({
    "one of zeros": "00-00000000000000000000000000000000-b7ad6b7169203331-01",
    "one in capitals": "00-0AF7651916CD43DD8448EB211C80319C-B7AD6B7169203331-01",
    "one that is too short": "00-abc-def-01",
    "version ff": "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "one with text after it": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01x",
  }).map(([name, value]) =>
    passes("traceparent", `${name} is replaced`, get(`traceparent: ${value}`), {
      request: {
        has: {
          traceparent: /^00-(?!0{32}|0af7651916cd43dd8448eb211c80319c)[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/,
        },
      },
    }),
  ),
  passes(
    "traceparent",
    "tracestate goes with a valid one",
    get("traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate: a=b"),
    {
      request: { has: { tracestate: "a=b" } },
    },
  ),
  passes("via-loop", "Via is made", get(), { request: { has: { via: /^1\.1 \S+/ } } }),
  passes("via-loop", "Via is appended to", get("Via: 1.0 fred, 1.1 p.example"), {
    request: { has: { via: /^1\.0 fred, 1\.1 p\.example, 1\.1 \S+/ } },
  }),
  passes("via-loop", "Via names the version the request came with", message(["GET / HTTP/1.0", "Host: a"]), {
    request: { has: { via: /^1\.0 \S+/ } },
  }),
  passes("max-forwards", "OPTIONS counts down", message(["OPTIONS / HTTP/1.1", "Host: a", "Max-Forwards: 5"]), {
    request: { has: { "max-forwards": "4" } },
  }),
  passes("max-forwards", "TRACE counts down", message(["TRACE / HTTP/1.1", "Host: a", "Max-Forwards: 10"]), {
    request: { has: { "max-forwards": "9" } },
  }),
  passes(
    "max-forwards",
    "at zero OPTIONS is answered here",
    message(["OPTIONS / HTTP/1.1", "Host: a", "Max-Forwards: 0"]),
    {
      requests: [],
      response: { status: 200 },
    },
  ),
  passes(
    "max-forwards",
    "at zero TRACE is answered here",
    message(["TRACE / HTTP/1.1", "Host: a", "Max-Forwards: 0", "X-A: b"]),
    {
      requests: [],
      response: {},
    },
  ),
  passes("max-forwards", "it means nothing to other methods", get("Max-Forwards: 0"), {
    request: { has: { "max-forwards": "0" } },
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
export const forwardingCases: readonly ConformanceCase[] = [...hopRows, ...addedRows, ...untouchedRows];
