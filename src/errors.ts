/**
 * Every error that Outrider can answer or exit with, declared once. The code is the log field, the metric label, the
 * `x-outrider-error` header and the heading in docs/reference/errors.md.
 */
import type { Outcome } from "./outcome.ts";

/** One row of {@link wireErrors}. */
export interface WireError {
  /** HTTP status of the answer; 0 for errors that can only break a connection. */
  readonly status: number;
  readonly outcome: Outcome;
  /** Sent to the client; says what was wrong without repeating what was sent. */
  readonly message: string;
  /** True when the same request may succeed if sent again unchanged. */
  readonly retryable: boolean;
  readonly meaning: string;
  readonly remedy: string;
}

/** What the client sent breaks HTTP/1.1 or a bound: outcome `bad_request`, never worth sending again unchanged. */
const malformedRequests = {
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
    remedy: "Send less, or move data from the trailers into the body.",
  },
  target_too_long: {
    status: 414,
    message: "request target too long",
    meaning: "The request target is longer than the limit.",
    remedy: "Send less, or raise `limits.head_bytes`: the limit is 8 KiB, or a quarter of it if that is more.",
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
    remedy: "Send fewer header lines: the limit is 128.",
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

/** Everything else that can end an exchange on the data path. */
const otherWireErrors = {
  header_timeout: {
    status: 408,
    outcome: "timeout",
    message: "the request head took too long",
    retryable: true,
    meaning: "The client opened a request and did not finish its head in time.",
    remedy: "Look at the client's network, or raise `timeouts.header_ms`.",
  },
  body_timeout: {
    status: 408,
    outcome: "timeout",
    message: "the request body came too slowly",
    retryable: true,
    meaning: "The client sent its body slower than the minimum rate.",
    remedy: "Look at the client's network, or lower `limits.min_body_bytes_per_second`.",
  },
  route_denied: {
    status: 403,
    outcome: "denied",
    message: "this path is not open through Outrider",
    retryable: false,
    meaning: "The path is not among the inference paths of the serving protocol; management paths stay private.",
    remedy: 'If it must be open, add it to `routes.allow`, e.g. `routes: { allow: ["GET /v1/models"] }`.',
  },
  method_denied: {
    status: 405,
    outcome: "denied",
    message: "this method is not open for this path",
    retryable: false,
    meaning: "The path is an inference path, but not for this method; `Allow` lists the ones that are.",
    remedy: "Use one of the methods in `Allow`, or add the method and path to `routes.allow`.",
  },
  path_ambiguous: {
    status: 400,
    outcome: "denied",
    message: "the path can be read in two ways",
    retryable: false,
    meaning:
      "The path holds encoded slashes or dots, empty or dot segments, or a backslash, which servers resolve differently.",
    remedy: "Send the path in its plain form.",
  },
  not_ready: {
    status: 503,
    outcome: "shed",
    message: "the model server has not been reached yet",
    retryable: true,
    meaning: "The serving protocol is still being detected because the upstream has not answered.",
    remedy: "Wait for /readyz on the admin port, start the model server, or name the protocol with `--protocol`.",
  },
  concurrency_exceeded: {
    status: 429,
    outcome: "shed",
    message: "too many requests in flight",
    retryable: true,
    meaning: "As many requests are in flight and waiting as the limits allow.",
    remedy: "Retry after the given time, scale out, or raise `limits.in_flight` or `limits.queued`.",
  },
  queue_timeout: {
    status: 503,
    outcome: "shed",
    message: "waited too long for the model server",
    retryable: true,
    meaning: "No upstream connection became free in time.",
    remedy: "Scale out, or raise `pool.max_connections` or `timeouts.queue_ms`.",
  },
  connections_exceeded: {
    status: 503,
    outcome: "shed",
    message: "too many connections",
    retryable: true,
    meaning: "As many client connections are open as the limit allows.",
    remedy: "Reuse connections, scale out, or raise `limits.connections`.",
  },
  upstream_unreachable: {
    status: 502,
    outcome: "upstream_reset",
    message: "the model server cannot be reached",
    retryable: true,
    meaning: "The upstream address refused the connection or does not exist.",
    remedy: "Check that the model server runs and that `upstream` names its inference port.",
  },
  upstream_connect_timeout: {
    status: 504,
    outcome: "timeout",
    message: "connecting to the model server took too long",
    retryable: true,
    meaning: "The upstream did not accept a connection in time.",
    remedy: "Check the model server's load, or raise `timeouts.connect_ms`.",
  },
  upstream_reset: {
    status: 502,
    outcome: "upstream_reset",
    message: "the model server broke the connection",
    retryable: true,
    meaning: "The upstream closed or reset the connection before its response was complete.",
    remedy: "Look at the model server's own log for a crash or a worker that was killed.",
  },
  upstream_malformed: {
    status: 502,
    outcome: "upstream_error",
    message: "the model server gave a malformed response",
    retryable: false,
    meaning: "The response breaks HTTP/1.1 in a way that two readers could understand differently.",
    remedy:
      "Check that `upstream` is an HTTP/1.1 port and not gRPC or TLS; otherwise report it to the server's makers.",
  },
  upstream_head_too_large: {
    status: 502,
    outcome: "upstream_error",
    message: "the model server's response head is too large",
    retryable: false,
    meaning: "Status line and headers of the response are longer than the limit.",
    remedy: "Raise `limits.head_bytes`.",
  },
  first_byte_timeout: {
    status: 504,
    outcome: "timeout",
    message: "the model server did not answer in time",
    retryable: true,
    meaning: "The upstream sent no response head in time.",
    remedy: "Raise `timeouts.first_byte_ms` if the model is that slow, else look at the model server.",
  },
  stream_idle_timeout: {
    status: 504,
    outcome: "timeout",
    message: "the exchange stood still for too long",
    retryable: false,
    meaning: "Neither side moved a byte for the idle time; a response that had begun is broken off.",
    remedy: "Raise `timeouts.stream_idle_ms` for slow streams.",
  },
  total_timeout: {
    status: 504,
    outcome: "timeout",
    message: "the exchange took too long",
    retryable: false,
    meaning: "The exchange was longer than the total time allowed; a response that had begun is broken off.",
    remedy: "Raise `timeouts.total_ms`, or set it to 0 for none.",
  },
  drain_timeout: {
    status: 503,
    outcome: "shed",
    message: "shutting down",
    retryable: true,
    meaning: "The drain limit passed, or a second signal came, before this exchange was over.",
    remedy: "Raise `drain.timeout_ms` and the pod's terminationGracePeriodSeconds.",
  },
  internal_error: {
    status: 500,
    outcome: "upstream_error",
    message: "internal error",
    retryable: true,
    meaning: "A defect in Outrider; the stack is in its log.",
    remedy: "Report it with the log line of that request id.",
  },
} as const;

/** Code of an error on the data path. */
export type WireErrorCode = keyof typeof malformedRequests | keyof typeof otherWireErrors;

type MalformedRow = Pick<WireError, "status" | "message" | "meaning"> & Partial<Pick<WireError, "remedy">>;

const malformed = (row: MalformedRow): WireError => ({
  outcome: "bad_request",
  retryable: false,
  remedy: "Correct the client: it does not speak HTTP/1.1 as RFC 9112 has it.",
  ...row,
});

const malformedEntries = Object.entries<MalformedRow>(malformedRequests).map(([code, row]) => [code, malformed(row)]);

/** Errors on the data path, by code. All are answered in the error shape of the serving protocol. */
export const wireErrors: Readonly<Record<WireErrorCode, WireError>> = {
  ...(Object.fromEntries(malformedEntries) as Record<keyof typeof malformedRequests, WireError>),
  ...otherWireErrors,
};

/** One row of {@link commandErrors}. */
export interface CommandError {
  /** Exit code of the process: 1 failed, 2 wrong usage or configuration. */
  readonly exitCode: 1 | 2;
  readonly meaning: string;
  readonly remedy: string;
}

const commandRows = {
  usage: { exitCode: 2, meaning: "The command line is wrong.", remedy: "See `outrider help`." },
  config_invalid: {
    exitCode: 2,
    meaning: "The configuration has mistakes; all of them are listed with their place.",
    remedy: "Correct them; `outrider check` tells when it is right.",
  },
  file_unreadable: {
    exitCode: 2,
    meaning: "A file that was named cannot be read.",
    remedy: "Check its path and permissions.",
  },
  port_in_use: {
    exitCode: 1,
    meaning: "Another process listens on the address.",
    remedy: "Choose another with `--listen` or `--admin`, or port 0 for any free one.",
  },
  permission_denied: {
    exitCode: 1,
    meaning: "The system refuses the address or file to this user.",
    remedy: "Use a port above 1023, or give the process the right.",
  },
  address_unavailable: {
    exitCode: 1,
    meaning: "The address does not belong to this machine.",
    remedy: "Use an address of this machine, 0.0.0.0 or [::].",
  },
  admin_unreachable: {
    exitCode: 1,
    meaning: "No running sidecar answered on the admin address.",
    remedy: "Name it with `--admin`, as the sidecar prints it at start.",
  },
  admin_refused: {
    exitCode: 1,
    meaning: "The running sidecar refused the call.",
    remedy: "Call it from loopback or give the token file with `--token-file`.",
  },
  drain_incomplete: {
    exitCode: 1,
    meaning: "Requests were still in flight when the time given was over.",
    remedy: "Raise `--max` and the pod's terminationGracePeriodSeconds.",
  },
  file_unwritable: {
    exitCode: 1,
    meaning: "A file that was named cannot be written.",
    remedy: "Check that its folder exists, its permissions and the space on the disk.",
  },
  dataset_malformed: {
    exitCode: 2,
    meaning: "A data set is not what its format says; the message names the file and the line.",
    remedy: "Correct the file, or name its format with `--format`.",
  },
  dataset_changed: {
    exitCode: 1,
    meaning: "A data set was changed while it was read.",
    remedy: "Build the baseline from a copy that nobody writes to.",
  },
  loki_unanswered: {
    exitCode: 1,
    meaning: "Loki gave no lines of the log of predictions; the message says why.",
    remedy: "The section `loki` of the configuration says where it is and who asks: see docs/reference/config.md.",
  },
  baseline_invalid: {
    exitCode: 2,
    meaning: "A file is no baseline, or one of another format version; the first mistakes are listed with their place.",
    remedy:
      "Build it again with `outrider baseline build` of this version; docs/reference/baseline.schema.json describes the format.",
  },
} as const;

/** Code of a start-up or command error. */
export type CommandErrorCode = keyof typeof commandRows;

/** Errors of start-up and of commands, by code. */
export const commandErrors: Readonly<Record<CommandErrorCode, CommandError>> = commandRows;

/**
 * The one error class, for programmer and start-up mistakes; the data path returns codes instead of throwing. Match
 * on `code`, never on the class.
 */
export class OutriderError extends Error {
  readonly code: CommandErrorCode;

  constructor(code: CommandErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "OutriderError";
    this.code = code;
  }
}
