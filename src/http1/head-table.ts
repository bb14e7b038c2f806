/** What the relay changes in heads; everything else arrives as it was sent. The documentation is made from this table. */

/** One thing that the relay adds, removes or rewrites. */
export interface HeadRule {
  readonly direction: "request" | "response";
  readonly field: string;
  readonly action: string;
  readonly why: string;
}

/** All changes to heads, request first. */
export const headTable: readonly HeadRule[] = [
  rule(
    "request",
    "request line",
    "rewritten to origin-form and HTTP/1.1 when it was absolute-form or HTTP/1.0",
    "RFC 9112 §3.2.2, RFC 9110 §2.5",
  ),
  rule(
    "request",
    "Host",
    "replaced by the authority of an absolute-form target; the upstream's own added to an HTTP/1.0 request without one",
    "RFC 9112 §3.2.2",
  ),
  rule(
    "request",
    "Connection and every header it names",
    "removed, but Host, framing headers and the ones added below cannot be named away",
    "RFC 9110 §7.6.1; a client must not strip what servers rely on",
  ),
  rule(
    "request",
    "Keep-Alive, Proxy-Connection, Proxy-Authenticate, Proxy-Authorization",
    "removed",
    "they end at this hop",
  ),
  rule(
    "request",
    "TE",
    "removed; sent as `TE: trailers` with `Connection: TE` when it lists trailers",
    "RFC 9110 §10.1.4",
  ),
  rule(
    "request",
    "Upgrade",
    "removed; sent with `Connection: Upgrade` when the protocol is one of `upgrade.protocols`",
    "an h2c upgrade would pass the route table by",
  ),
  rule("request", "HTTP2-Settings", "removed", "it belongs to the h2c upgrade"),
  rule(
    "request",
    "Content-Length",
    "repeated or listed equal lengths become one; padding zeros are removed",
    "RFC 9110 §8.6",
  ),
  rule("request", "Transfer-Encoding", "written as `chunked`", "one spelling that every server reads alike"),
  rule("request", "chunked coding", "leading zeros of sizes and chunk extensions are removed", "RFC 9112 §7.1.1"),
  rule(
    "request",
    "trailers",
    "passed on, but for fields of framing, routing, identity and credentials",
    "RFC 9110 §6.5.1",
  ),
  rule("request", "Expect", "removed from HTTP/1.0 requests", "RFC 9110 §10.1.1"),
  rule("request", "Max-Forwards", "decremented for OPTIONS and TRACE; answered here at 0", "RFC 9110 §7.6.2"),
  rule("request", "X-Forwarded-For", "the client's address is appended", "the model server sees who asked"),
  rule("request", "Via", "this instance's name is appended", "RFC 9110 §7.6.3; loops are found by it"),
  rule(
    "request",
    "x-request-id",
    "kept when it is one safe value (1 to 128 letters, digits or `-._~:+/=@`), else created",
    "one identity in every log",
  ),
  rule(
    "request",
    "traceparent, tracestate",
    "kept when valid, else a new traceparent is created and tracestate removed",
    "W3C Trace Context §4",
  ),
  rule("request", "x-outrider-*", "removed", "nobody outside may speak in Outrider's name"),
  rule("response", "status line", "version written as HTTP/1.1", "RFC 9110 §2.5"),
  rule(
    "response",
    "Connection and every header it names, Keep-Alive, Proxy-Connection, Proxy-Authenticate, Proxy-Authorization, TE, Upgrade",
    "removed; Upgrade is kept in a 101, and Date, x-request-id and framing headers cannot be named away",
    "they end at this hop",
  ),
  rule("response", "Connection", "`close` is added when this connection ends after the response", "RFC 9112 §9.6"),
  rule(
    "response",
    "Transfer-Encoding",
    "added when the upstream ended its body by closing; removed for HTTP/1.0 clients",
    "RFC 9112 §6.3, §7",
  ),
  rule("response", "Content-Length, Transfer-Encoding in 1xx and 204", "removed", "RFC 9110 §8.6, RFC 9112 §6.1"),
  rule(
    "response",
    "Content-Length",
    "repeated or listed equal lengths become one; padding zeros are removed",
    "RFC 9110 §8.6",
  ),
  rule("response", "chunked coding and trailers", "as for requests", "RFC 9112 §7.1"),
  rule("response", "Date", "added when the upstream sent none", "RFC 9110 §6.6.1"),
  rule("response", "x-request-id", "added unless the upstream set its own", "the caller can name the request"),
  rule("response", "x-outrider-request-id", "added always", "the identity that Outrider's logs and metrics use"),
  rule(
    "response",
    "x-outrider-*",
    "removed when it comes from the upstream",
    "nobody else may speak in Outrider's name",
  ),
];

function rule(direction: HeadRule["direction"], field: string, action: string, why: string): HeadRule {
  return { direction, field, action, why };
}
