/** Why a call to another server failed before a complete response. A response of any status is not a failure. */
export type HttpFailureCode =
  /** The connection could not be made, including TLS, or broke. */
  | "connection"
  | "timeout"
  /** The caller cancelled the call. */
  | "aborted"
  /** The response is longer than the caller accepts. */
  | "too_long"
  /** A file with a token, a password, a certificate or a key is unreadable. */
  | "credentials";

/** The error of failed calls. The message is a clause for a log and never holds credentials or sent data. */
export class HttpFailure extends Error {
  readonly code: HttpFailureCode;

  constructor(code: HttpFailureCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "HttpFailure";
    this.code = code;
  }
}

/** Converts an error of undici or of a socket. */
export function failureOf(error: unknown, signal: AbortSignal | undefined): HttpFailure {
  if (error instanceof HttpFailure) return error;
  if (signal?.aborted === true) return new HttpFailure("aborted", "cancelled", error);
  const { code, message } = error as { readonly code?: string; readonly message?: string };
  // For a host with several addresses, the error has an empty message.
  const text = message === undefined || message === "" ? (code ?? "unknown error") : message;
  if (code !== undefined && timeoutCodes.has(code)) return new HttpFailure("timeout", text, error);
  return new HttpFailure("connection", text, error);
}

const timeoutCodes: ReadonlySet<string> = new Set([
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "ETIMEDOUT",
]);
