/** How an exchange ended; one of these is on every counted request. */
export const outcomes = [
  "ok",
  "client_error",
  "upstream_error",
  "client_abort",
  "timeout",
  "upstream_reset",
  "shed",
  "denied",
  "bad_request",
] as const;

/** See {@link outcomes}: `ok` is 1xx–3xx, `client_error` and `upstream_error` a 4xx or 5xx that the model server itself gave. */
export type Outcome = (typeof outcomes)[number];
