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
    meaning: "The request is neither HTTP/1.0 nor HTTP/1.1: it is HTTP/0.9, HTTP/2 or an unknown version.",
  },
  target_malformed: {
    status: 400,
    message: "malformed request target",
    meaning: "The target is not a path, an absolute http(s) URL, or `*` for OPTIONS.",
  },
  connect_refused: {
    status: 400,
    message: "CONNECT is not supported",
    meaning: "CONNECT is for forward proxies. Outrider is a reverse proxy for one model server.",
    remedy: "Send the request directly. Do not configure Outrider as a forward proxy.",
  },
  host_missing: {
    status: 400,
    message: "missing Host header",
    meaning: "An HTTP/1.1 request must have a Host header.",
  },
  host_repeated: {
    status: 400,
    message: "repeated Host header",
    meaning: "The request has more than one Host header. Two servers could choose different ones.",
  },
  host_malformed: {
    status: 400,
    message: "malformed Host header",
    meaning: "The Host header is not a host name or address with an optional port.",
  },
  header_name_malformed: {
    status: 400,
    message: "malformed header name",
    meaning:
      "A header name is empty, has a character that is not allowed in names, or has white space before the colon.",
  },
  header_value_malformed: {
    status: 400,
    message: "malformed header value",
    meaning: "A header value contains NUL or another control character.",
  },
  header_folded: {
    status: 400,
    message: "folded header line",
    meaning: "A header line starts with white space, which is obsolete line folding.",
  },
  line_end_malformed: {
    status: 400,
    message: "malformed line ending",
    meaning: "A line of the head ends with a bare LF, or contains a CR without LF.",
  },
  content_length_malformed: {
    status: 400,
    message: "malformed Content-Length",
    meaning: "Content-Length is not a plain decimal number below 2^53.",
  },
  content_length_conflict: {
    status: 400,
    message: "conflicting Content-Length",
    meaning: "The request has several Content-Length values that differ.",
  },
  framing_conflict: {
    status: 400,
    message: "both Content-Length and Transfer-Encoding",
    meaning: "The request has two lengths. Two servers could disagree on where it ends (request smuggling).",
  },
  transfer_encoding_malformed: {
    status: 400,
    message: "malformed Transfer-Encoding",
    meaning: "Transfer-Encoding is empty or repeated, does not end with `chunked`, or is used in HTTP/1.0.",
  },
  transfer_encoding_unsupported: {
    status: 501,
    message: "unsupported transfer coding",
    meaning: "The only supported transfer coding is `chunked`.",
    remedy: "Send the body with Content-Length or with `Transfer-Encoding: chunked` alone.",
  },
  chunk_malformed: {
    status: 400,
    message: "malformed chunked body",
    meaning:
      "A chunk size is not 1 to 16 hexadecimal digits, a chunk is longer than its size, or a line does not end with CRLF.",
  },
  chunk_extension_too_long: {
    status: 400,
    message: "chunk extension too long",
    meaning: "The extensions of a chunk are longer than the limit.",
  },
  trailer_malformed: {
    status: 400,
    message: "malformed trailer",
    meaning: "A trailer line is not a valid header line.",
  },
  trailers_too_large: {
    status: 431,
    message: "trailers too large",
    meaning: "The trailers of a chunked body are longer than the limit.",
    remedy: "Send fewer trailers, or move data from the trailers into the body.",
  },
  target_too_long: {
    status: 414,
    message: "request target too long",
    meaning: "The request target is longer than the limit.",
    remedy:
      "Send a shorter URL, or raise `limits.head_bytes`: the limit is 8 KiB, or a quarter of `limits.head_bytes` if that is more.",
  },
  head_too_large: {
    status: 431,
    message: "request head too large",
    meaning: "The request line and headers together are longer than `limits.head_bytes`.",
    remedy: "Send smaller headers, or raise `limits.head_bytes`.",
  },
  too_many_headers: {
    status: 431,
    message: "too many header lines",
    meaning: "The request has more header lines than the limit.",
    remedy: "Send fewer header lines: the limit is 128.",
  },
  body_too_large: {
    status: 413,
    message: "request body too large",
    meaning: "The request body is longer than `limits.body_bytes`.",
    remedy: "Send a smaller body, or raise `limits.body_bytes`.",
  },
  loop_detected: {
    status: 508,
    message: "request loop detected",
    meaning: "The request has already passed through this instance: its name is in the Via header.",
    remedy: "Point `upstream` at the model server, not at Outrider.",
  },
} as const;
