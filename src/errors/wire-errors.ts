/**
 * Every error that can end an exchange, declared once. The code is the log field, the metric label, the
 * `x-outrider-error` header and the heading in docs/reference/errors.md.
 */
import type { Outcome } from "../outcome.ts";
import { malformedRequests } from "./malformed-requests.ts";

/** One row of {@link wireErrors}. */
export interface WireError {
  /** HTTP status of the local reply; 0 for errors that can only reset the connection. */
  readonly status: number;
  readonly outcome: Outcome;
  /** Sent to the client. Never repeats anything from the request. */
  readonly message: string;
  /** True when the same request may succeed if it is sent again. */
  readonly retryable: boolean;
  readonly meaning: string;
  readonly remedy: string;
}

/** All other errors on the data path. */
const otherWireErrors = {
  header_timeout: {
    status: 408,
    outcome: "timeout",
    message: "the request head took too long",
    retryable: true,
    meaning: "The client did not send the complete request head within `timeouts.header_ms`.",
    remedy: "Check the network of the client, or raise `timeouts.header_ms`.",
  },
  body_timeout: {
    status: 408,
    outcome: "timeout",
    message: "the request body arrived too slowly",
    retryable: true,
    meaning: "The client sent the body more slowly than `limits.min_body_bytes_per_second`.",
    remedy: "Check the network of the client, or lower `limits.min_body_bytes_per_second`.",
  },
  route_denied: {
    status: 403,
    outcome: "denied",
    message: "this path is not allowed",
    retryable: false,
    meaning: "The path is not an inference path of the serving protocol. Management paths are not exposed.",
    remedy: 'To allow it, add it to `routes.allow`, e.g. `routes: { allow: ["GET /v1/models"] }`.',
  },
  method_denied: {
    status: 405,
    outcome: "denied",
    message: "this method is not allowed for this path",
    retryable: false,
    meaning: "The path is an inference path, but not with this method. The Allow header lists the allowed methods.",
    remedy: "Use an allowed method, or add the method and path to `routes.allow`.",
  },
  path_ambiguous: {
    status: 400,
    outcome: "denied",
    message: "ambiguous path",
    retryable: false,
    meaning:
      "The path has encoded slashes or dots, empty or dot segments, or a backslash. Servers resolve these differently.",
    remedy: "Send the normalized path.",
  },
  not_ready: {
    status: 503,
    outcome: "shed",
    message: "the model server is not available yet",
    retryable: true,
    meaning: "The serving protocol is not detected yet, because the model server has not answered.",
    remedy:
      "Start the model server, wait until /readyz on the admin port is 200, or set the protocol with `--protocol`.",
  },
  concurrency_exceeded: {
    status: 429,
    outcome: "shed",
    message: "too many requests in flight",
    retryable: true,
    meaning: "The maximum number of requests is in flight, and the queue is full.",
    remedy: "Send it again after Retry-After, scale out, or raise `limits.in_flight` or `limits.queued`.",
  },
  queue_timeout: {
    status: 503,
    outcome: "shed",
    message: "waited too long for a connection to the model server",
    retryable: true,
    meaning: "No connection to the model server became free within `timeouts.queue_ms`.",
    remedy: "Scale out, or raise `pool.max_connections` or `timeouts.queue_ms`.",
  },
  connections_exceeded: {
    status: 503,
    outcome: "shed",
    message: "too many connections",
    retryable: true,
    meaning: "The maximum number of client connections is open.",
    remedy: "Reuse connections, scale out, or raise `limits.connections`.",
  },
  upstream_unreachable: {
    status: 502,
    outcome: "upstream_reset",
    message: "the model server cannot be reached",
    retryable: true,
    meaning: "The upstream refused the connection, or its address does not exist.",
    remedy: "Check that the model server is running and that `upstream` is its inference port.",
  },
  upstream_connect_timeout: {
    status: 504,
    outcome: "timeout",
    message: "connecting to the model server took too long",
    retryable: true,
    meaning: "The upstream did not accept a connection within `timeouts.connect_ms`.",
    remedy: "Check the load of the model server, or raise `timeouts.connect_ms`.",
  },
  upstream_reset: {
    status: 502,
    outcome: "upstream_reset",
    message: "the model server closed the connection",
    retryable: true,
    meaning: "The upstream closed or reset the connection before its response was complete.",
    remedy: "Look in the log of the model server for a crash or a killed worker.",
  },
  upstream_malformed: {
    status: 502,
    outcome: "upstream_error",
    message: "the model server sent a malformed response",
    retryable: false,
    meaning: "The response is not valid HTTP/1.1, and two clients could parse it differently.",
    remedy:
      "Check that `upstream` is a plain HTTP/1.1 port, not gRPC or TLS. Otherwise report it as a bug of the model server.",
  },
  upstream_head_too_large: {
    status: 502,
    outcome: "upstream_error",
    message: "the model server's response head is too large",
    retryable: false,
    meaning: "The status line and headers of the response are longer than `limits.head_bytes`.",
    remedy: "Raise `limits.head_bytes`.",
  },
  first_byte_timeout: {
    status: 504,
    outcome: "timeout",
    message: "the model server did not respond in time",
    retryable: true,
    meaning: "The upstream did not send a response head within `timeouts.first_byte_ms`.",
    remedy: "Check the model server, or raise `timeouts.first_byte_ms` if the model is that slow.",
  },
  stream_idle_timeout: {
    status: 504,
    outcome: "timeout",
    message: "no data was transferred for too long",
    retryable: false,
    meaning:
      "Neither the client nor the upstream sent a byte for `timeouts.stream_idle_ms`. A response that has begun is reset.",
    remedy: "Raise `timeouts.stream_idle_ms` if streams pause longer than that.",
  },
  total_timeout: {
    status: 504,
    outcome: "timeout",
    message: "the request took too long",
    retryable: false,
    meaning: "The request took longer than `timeouts.total_ms`. A response that has begun is reset.",
    remedy: "Raise `timeouts.total_ms`, or set it to 0 to switch it off.",
  },
  drain_timeout: {
    status: 503,
    outcome: "shed",
    message: "shutting down",
    retryable: true,
    meaning: "The drain timeout passed, or a second signal arrived, before the request was complete.",
    remedy: "Raise `drain.timeout_ms` and terminationGracePeriodSeconds of the pod.",
  },
  internal_error: {
    status: 500,
    outcome: "upstream_error",
    message: "internal error",
    retryable: true,
    meaning: "A bug in Outrider. The stack trace is in its log.",
    remedy: "Report it with the log line of this request ID.",
  },
} as const;

/** Code of an error on the data path. */
export type WireErrorCode = keyof typeof malformedRequests | keyof typeof otherWireErrors;

type MalformedRow = Pick<WireError, "status" | "message" | "meaning"> & Partial<Pick<WireError, "remedy">>;

const malformed = (row: MalformedRow): WireError => ({
  outcome: "bad_request",
  retryable: false,
  remedy: "Fix the client: its request is not valid HTTP/1.1 (RFC 9112).",
  ...row,
});

const malformedEntries = Object.entries<MalformedRow>(malformedRequests).map(([code, row]) => [code, malformed(row)]);

/** Errors on the data path, by code. The local reply has the error body of the serving protocol. */
export const wireErrors: Readonly<Record<WireErrorCode, WireError>> = {
  ...(Object.fromEntries(malformedEntries) as Record<keyof typeof malformedRequests, WireError>),
  ...otherWireErrors,
};
