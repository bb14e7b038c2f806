/** Rows of {@link wireErrors} for requests that break HTTP/1.1 or one of the limits. */

/** Requests that break HTTP/1.1 or a limit: outcome `bad_request`, not retryable. */
export const malformedRequests = {
  request_line_malformed: {
    status: 400,
    message: "malformed request line",
    meaning: "The first line is not `method SP target SP HTTP/1.x CRLF` with single spaces.",
  },
  version_unsupported: {
    status: 400,
    message: "unsupported HTTP version",
    meaning: "The request is HTTP/0.9, HTTP/2 without negotiation, or of an unknown major version.",
  },
  target_malformed: {
    status: 400,
    message: "malformed request target",
    meaning: "The target is not a path, an absolute http(s) URL, or `*` for OPTIONS.",
  },
  connect_refused: {
    status: 400,
    message: "CONNECT is not served here",
    meaning: "CONNECT asks for a forward proxy; Outrider stands in front of one model server.",
    remedy: "Send the request itself instead of asking for a tunnel.",
  },
  host_missing: {
    status: 400,
    message: "missing Host header",
    meaning: "An HTTP/1.1 request must name its host.",
  },
  host_repeated: {
    status: 400,
    message: "repeated Host header",
    meaning: "More than one Host line: two readers could choose differently.",
  },
  host_malformed: {
    status: 400,
    message: "malformed Host header",
    meaning: "The Host value is not a host name or address with an optional port.",
  },
  header_name_malformed: {
    status: 400,
    message: "malformed header name",
    meaning:
      "A header name is empty, holds a byte that is no token character, or is followed by white space before the colon.",
  },
  header_value_malformed: {
    status: 400,
    message: "malformed header value",
    meaning: "A header value holds NUL or another control character.",
  },
  header_folded: {
    status: 400,
    message: "folded header line",
    meaning: "A header line starts with white space (obsolete line folding).",
  },
  line_end_malformed: {
    status: 400,
    message: "malformed line end",
    meaning: "A line of the head ends in a bare LF, or a CR stands without its LF.",
  },
  content_length_malformed: {
    status: 400,
    message: "malformed Content-Length",
    meaning: "Content-Length is not a plain decimal number below 2^53.",
  },
  content_length_conflict: {
    status: 400,
    message: "conflicting Content-Length",
    meaning: "Content-Length is given more than once with different digits.",
  },
  framing_conflict: {
    status: 400,
    message: "both Content-Length and Transfer-Encoding",
    meaning: "The message gives its length in two ways; two readers could cut it differently.",
  },
  transfer_encoding_malformed: {
    status: 400,
    message: "malformed Transfer-Encoding",
    meaning: "Transfer-Encoding is empty, repeated, not final, or used in HTTP/1.0.",
  },
  transfer_encoding_unsupported: {
    status: 501,
    message: "unsupported transfer coding",
    meaning: "Only `chunked` is understood as a transfer coding.",
    remedy: "Send the body with Content-Length or with `Transfer-Encoding: chunked` alone.",
  },
  chunk_malformed: {
    status: 400,
    message: "malformed chunked body",
    meaning:
      "A chunk size is not 1 to 16 hexadecimal digits, a chunk is longer than its size, or a line end is sloppy.",
  },
  chunk_extension_too_long: {
    status: 400,
    message: "chunk extension too long",
    meaning: "Chunk extensions are longer than the limit.",
  },
  trailer_malformed: {
    status: 400,
    message: "malformed trailer",
    meaning: "A trailer line breaks the rules of header lines.",
  },
  trailers_too_large: {
    status: 431,
    message: "trailers too large",
    meaning: "The trailers of a chunked body are longer than the limit.",
    remedy: "Send less, or raise `limits.trailer_bytes`.",
  },
  target_too_long: {
    status: 414,
    message: "request target too long",
    meaning: "The request target is longer than the limit.",
    remedy: "Send less, or raise `limits.target_bytes`.",
  },
  head_too_large: {
    status: 431,
    message: "request head too large",
    meaning: "Request line and headers together are longer than the limit.",
    remedy: "Send less, or raise `limits.head_bytes`.",
  },
  too_many_headers: {
    status: 431,
    message: "too many header lines",
    meaning: "The request has more header lines than the limit.",
    remedy: "Send less, or raise `limits.header_count`.",
  },
  body_too_large: {
    status: 413,
    message: "request body too large",
    meaning: "The request body is longer than the limit.",
    remedy: "Send less, or raise `limits.body_bytes`.",
  },
  loop_detected: {
    status: 508,
    message: "request loop detected",
    meaning: "The request has passed this very instance before (its name is in Via).",
    remedy: "Point `upstream` at the model server, not at Outrider.",
  },
} as const;
