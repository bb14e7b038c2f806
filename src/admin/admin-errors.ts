/** Errors of the admin API, by code. Malformed HTTP has the codes of src/errors/. */

/** One row of {@link adminErrors}. Message and remedy are sent to the client. */
export interface AdminError {
  readonly status: number;
  readonly message: string;
  readonly remedy: string;
}

const errors = {
  path_unknown: { status: 404, message: "unknown path", remedy: "`GET /` lists all paths." },
  method_not_allowed: {
    status: 405,
    message: "this method is not allowed for this path",
    remedy: "Use one of the methods in the Allow header.",
  },
  argument_invalid: {
    status: 400,
    message: "invalid query parameter",
    remedy: "`max` is a time of at most 86400 seconds: `90`, `90s` or `1500ms`.",
  },
  token_required: {
    status: 401,
    message: "this call needs the admin token",
    remedy: "Call from loopback, or send `Authorization: Bearer <token>` with the token in `admin.token_file`.",
  },
  token_wrong: {
    status: 401,
    message: "wrong admin token",
    remedy: "Send the current token of `admin.token_file`; it may have been rotated.",
  },
  loopback_only: {
    status: 403,
    message: "this call is allowed from loopback only",
    remedy: "Call from inside the pod, or configure a token with `admin.token_file`.",
  },
  post_required: {
    status: 405,
    message: "this call needs POST, or the admin token",
    remedy: "Send it as POST. GET is allowed only with the admin token.",
  },
  host_refused: {
    status: 403,
    message: "the Host header is not a loopback address",
    remedy: "Call http://127.0.0.1 or http://localhost. This check stops web pages that use DNS rebinding.",
  },
  origin_refused: {
    status: 403,
    message: "calls from other web pages are not allowed",
    remedy: "Call from a program, or open the admin port directly in the browser.",
  },
  body_too_large: {
    status: 413,
    message: "the body is longer than 8 MiB",
    remedy: "Send several smaller bodies; sending a label twice does no harm.",
  },
  body_timeout: {
    status: 408,
    message: "the body did not arrive in time",
    remedy: "Send a smaller body, or use a faster connection.",
  },
  body_incomplete: {
    status: 400,
    message: "the connection ended before the end of the body",
    remedy: "Send as many bytes as Content-Length says, or the last chunk.",
  },
  bodies_too_many: {
    status: 503,
    message: "too many request bodies at once",
    remedy: "Send them one after another. Retry after a second.",
  },
  encoding_unsupported: {
    status: 415,
    message: "content codings are not supported",
    remedy: "Send the body without Content-Encoding; split it if it is too long.",
  },
  internal_error: {
    status: 500,
    message: "internal error",
    remedy: "Report it with the log line of Outrider.",
  },
} as const;

/** Code of an admin error, as in the `error.code` field of the response body. */
export type AdminErrorCode = keyof typeof errors;

/** All errors of the admin API, by code. The reference page is made from this table. */
export const adminErrors: Readonly<Record<AdminErrorCode, AdminError>> = errors;
