import { type ConformanceCase, get, message, passes } from "../support/case.ts";

/** Cases about the headers that the relay itself adds to a request or takes out of it. */
export const addedHeaderCases: readonly ConformanceCase[] = [
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
  passes(
    "traceparent",
    "tracestate ends with the traceparent it belonged to",
    get("traceparent: 00-abc", "tracestate: a=b"),
    {
      request: { lacks: ["tracestate"] },
    },
  ),
  passes("traceparent", "tracestate alone means nothing", get("tracestate: a=b"), {
    request: { lacks: ["tracestate"] },
  }),
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
