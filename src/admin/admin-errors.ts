/** Errors that the admin port answers, by code, beside those of malformed HTTP in src/errors.ts. */

/** One row of {@link adminErrors}. */
export interface AdminError {
  readonly status: number;
  readonly message: string;
  readonly remedy: string;
}

const errors = {
  path_unknown: { status: 404, message: "there is no such path", remedy: "See `GET /` for all paths." },
  method_not_allowed: {
    status: 405,
    message: "this path is not there for this method",
    remedy: "Use one of the methods in `Allow`.",
  },
  argument_invalid: {
    status: 400,
    message: "an argument in the query is wrong",
    remedy: "`max` is a number of seconds up to 86400, or has a unit: `90`, `90s`, `1500ms`.",
  },
  token_required: {
    status: 401,
    message: "this call needs the admin token",
    remedy: "Call from loopback, or send `Authorization: Bearer <token>` with the token in `admin.token_file`.",
  },
  token_wrong: {
    status: 401,
    message: "the token is not the admin token",
    remedy: "Send the token in `admin.token_file` as it is now; it may have been replaced.",
  },
  loopback_only: {
    status: 403,
    message: "this call is only taken from loopback",
    remedy: "Call from inside the pod, or name a file with a token in `admin.token_file`.",
  },
  post_required: {
    status: 405,
    message: "from loopback this call is a POST",
    remedy: "Send it as POST; GET is only taken with the admin token.",
  },
  host_refused: {
    status: 403,
    message: "the Host header does not name loopback",
    remedy: "Call http://127.0.0.1 or http://localhost, so that no web page can call in your name.",
  },
  origin_refused: {
    status: 403,
    message: "a web page from elsewhere may not call this",
    remedy: "Call from a program, or open the admin port itself in the browser.",
  },
  body_too_large: {
    status: 413,
    message: "the body is longer than 8 MiB",
    remedy: "Send it in several parts; sending a label twice does no harm.",
  },
  body_timeout: {
    status: 408,
    message: "the body did not come in time",
    remedy: "Send less at once, or over a quicker connection.",
  },
  body_incomplete: {
    status: 400,
    message: "the connection ended before the body did",
    remedy: "Send as many bytes as `Content-Length` says, or the last chunk.",
  },
  bodies_too_many: {
    status: 503,
    message: "too many bodies are coming in at once",
    remedy: "Send one after the other; try again in a second.",
  },
  encoding_unsupported: {
    status: 415,
    message: "a body is taken as it is, without a content coding",
    remedy: "Send it without `Content-Encoding`, in parts when it is long.",
  },
  internal_error: {
    status: 500,
    message: "internal error",
    remedy: "Report it with the line in Outrider's own log.",
  },
} as const;

/** Code of an admin error. */
export type AdminErrorCode = keyof typeof errors;

/** All errors by code. */
export const adminErrors: Readonly<Record<AdminErrorCode, AdminError>> = errors;
