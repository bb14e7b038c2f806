/**
 * Every error that can end an exchange, declared once. The code is the log field, the metric label, the
 * `x-outrider-error` header and the heading in docs/reference/errors.md.
 */
import type { Outcome } from "../outcome.ts";
import { malformedRequests } from "./malformed-requests.ts";

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
