/** One rule of the relay that the conformance cases prove. */
export interface Rule {
  /** `strict`: what is refused; `transparent`: what passes and how; `lifecycle`: connections, time, limits. */
  readonly family: "strict" | "transparent" | "lifecycle";
  /** The rule as a sentence, with the section of RFC 9110 or 9112 it comes from where there is one. */
  readonly text: string;
}

const strict = (text: string): Rule => ({ family: "strict", text });
const transparent = (text: string): Rule => ({ family: "transparent", text });
const lifecycle = (text: string): Rule => ({ family: "lifecycle", text });

/** Every rule by its id. A test fails when one of them has no case. */
export const rules = {
  "request-line-spaces": strict("method, target and version stand between single spaces (9112 §3)"),
  "request-line-method": strict("the method is a token and is compared with its case (9110 §9.1)"),
  "request-line-version": strict("only HTTP/1.x is served, later minors as HTTP/1.1 (9112 §2.3)"),
  "request-line-leading-crlf": strict("one empty line before a request line is skipped (9112 §2.2)"),
  "target-form": strict("a target is origin-form, absolute-form, or * for OPTIONS (9112 §3.2)"),
  "target-connect": strict("CONNECT is refused"),
  "target-absolute": transparent("absolute-form sets Host from its authority (9112 §3.2.2)"),
  "host-required": strict("an HTTP/1.1 request has exactly one Host (9112 §3.2)"),
  "host-syntax": strict("Host is a host with an optional port (9112 §3.2)"),
  "header-name": strict("a header name is a token right before its colon (9112 §5.1)"),
  "header-value": strict("a header value has no control characters (9110 §5.5)"),
  "header-fold": strict("folded lines and lines that start with white space are refused (9112 §5.2)"),
  "line-end": strict("lines end in CRLF and nothing else (9112 §2.2)"),
  "length-syntax": strict("Content-Length is digits below 2^53 (9110 §8.6)"),
  "length-repeated": strict(
    "repeated Content-Length is refused unless all are the same digits, of which one is forwarded (9110 §8.6)",
  ),
  "framing-conflict": strict("Content-Length beside Transfer-Encoding is refused (9112 §6.1)"),
  "transfer-coding": strict("Transfer-Encoding is one final chunked, in any case of letters (9112 §6.1)"),
  "transfer-coding-old": strict("Transfer-Encoding in HTTP/1.0 is refused (9112 §6.1)"),
  "chunk-size": strict("a chunk size is bounded hexadecimal digits and nothing else (9112 §7.1)"),
  "chunk-line-end": strict("chunk lines and chunk data end in CRLF (9112 §7.1)"),
  "chunk-extension": strict("chunk extensions are ignored up to a bound (9112 §7.1.1)"),
  "trailer-syntax": strict("trailer lines obey the rules of header lines, within a bound (9112 §7.1.2)"),
  "trailer-forbidden": strict("trailers that name framing or routing are dropped (9110 §6.5.1)"),
  "response-line": strict("a malformed status line is a 502 and the end of that connection"),
  "response-header": strict("malformed response headers are a 502 and the end of that connection"),
  "response-framing": strict("unclear response framing is a 502 and the end of that connection"),
  "response-chunk": strict("a malformed chunk breaks the client's response visibly"),
  "response-excess": strict("bytes after a response or on an idle connection end that connection"),
  "response-short": strict("a response that ends early breaks the client's response visibly"),
  "body-identical": transparent("bodies arrive byte for byte"),
  "headers-identical": transparent("names, order, case and repetition of unknown headers arrive as sent"),
  "headers-not-added": transparent("nothing is added to a request but what the table lists"),
  "hop-by-hop-request": transparent("hop-by-hop headers of a request end here (9110 §7.6.1)"),
  "hop-by-hop-response": transparent("hop-by-hop headers of a response end here (9110 §7.6.1)"),
  "connection-cannot-remove": strict("Connection cannot remove framing headers or what the relay adds"),
  "te-trailers": transparent("TE keeps nothing but trailers (9110 §10.1.4)"),
  "forwarded-for": transparent("the client's address is appended to X-Forwarded-For"),
  "internal-headers": strict("headers in the relay's own name are removed from requests"),
  "request-id": transparent("x-request-id is kept when safe and made otherwise; the response carries it"),
  traceparent: transparent("a valid traceparent is kept, else one is made"),
  "via-loop": strict("Via is appended, and a request that was here before is refused"),
  "expect-continue": transparent("Expect: 100-continue passes from end to end (9110 §10.1.1)"),
  "interim-responses": transparent("1xx responses never break the final one (9110 §15.2)"),
  "trailers-pass": transparent("trailers pass in both directions (9112 §7.1.2)"),
  "no-body-statuses": transparent("answers to HEAD and 204 and 304 have no body (9112 §6.3)"),
  upgrade: transparent("a wanted upgrade becomes a tunnel of bytes (9110 §7.8)"),
  "upgrade-unwanted": strict("a 101 that nobody asked for is a 502; h2c is never forwarded"),
  "http10-client": transparent("an HTTP/1.0 client gets no chunks and no surprises"),
  "close-delimited": transparent("a response that ends with its connection becomes chunked for HTTP/1.1"),
  date: transparent("Date is added when the upstream sent none (9110 §6.6.1)"),
  "max-forwards": transparent("Max-Forwards is honoured for OPTIONS and TRACE (9110 §7.6.2)"),
  "stream-flush": transparent("each piece of a streamed response passes at once"),
  "early-response": transparent("a final answer before the end of the request body reaches the client (9112 §9.3)"),
  pipelining: lifecycle("pipelined requests are answered in order, one at a time upstream (9112 §9.3.2)"),
  "keep-alive": lifecycle("connections persist as the client's version and Connection header say (9112 §9.3)"),
  "client-abort": lifecycle("a client that leaves ends the upstream request within 200 ms, recorded as client_abort"),
  "half-close": lifecycle("a client that closes only its sending side is answered for a short time"),
  retry: lifecycle("a request is sent again only on a reused connection and only if nothing can have happened twice"),
  "pool-reuse": lifecycle("connections are reused, but not after 5xx, Connection: close, or the idle time"),
  "upstream-failure": lifecycle("an upstream that refuses, resets or closes without a word is a 502"),
  "timeout-header": lifecycle("a slow head is a 408"),
  "timeout-idle": lifecycle("a silent kept-alive connection is closed without a word"),
  "timeout-body": lifecycle("a body slower than the minimum rate is a 408"),
  "timeout-first-byte": lifecycle("no answer in time is a 504"),
  "timeout-stream": lifecycle("a response that stands still is broken off"),
  "timeout-total": lifecycle("an exchange that takes too long is a 504 or broken off"),
  "limit-target": lifecycle("a long target is a 414"),
  "limit-head": lifecycle("a large head or too many header lines are a 431"),
  "limit-body": lifecycle("a large body is a 413, however it is framed"),
  "limit-in-flight": lifecycle("too many requests at once are a 429 or 503 with Retry-After"),
  "limit-connections": lifecycle("too many connections are turned away with a 503"),
  "error-shape": lifecycle("answers of our own name their code and have a JSON body"),
  "lingering-close": lifecycle("a refused client can read why, though it goes on sending"),
  drain: lifecycle("draining serves what comes with Connection: close and ends when all is served"),
  "not-ready": lifecycle("before a protocol is known every request is a 503"),
  routing: lifecycle("what the route table denies is answered here, with what the client may do instead"),
  observers: lifecycle("observers see every exchange, and one that throws harms nothing"),
  "unix-upstream": lifecycle("an upstream may listen on a Unix socket"),
} as const satisfies Record<string, Rule>;

/** Id of a rule. */
export type RuleId = keyof typeof rules;
