/** Why a call to another server has no answer. */
export type HttpFailureCode =
  /** No connection, or it broke. TLS that cannot be agreed on is among these. */
  | "connection"
  | "timeout"
  /** The caller gave up. */
  | "aborted"
  /** The answer is longer than the caller takes. */
  | "too_long"
  /** A file with a token, a password, a certificate or a key cannot be read. */
  | "credentials";

/** What calls are rejected with. The message is a clause for a log: it never holds credentials or what was sent. */
export class HttpFailure extends Error {
  readonly code: HttpFailureCode;

  constructor(code: HttpFailureCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "HttpFailure";
    this.code = code;
  }
}

/** The failure that an error of undici or of a socket stands for. */
export function failureOf(error: unknown, signal: AbortSignal | undefined): HttpFailure {
  if (error instanceof HttpFailure) return error;
  if (signal?.aborted === true) return new HttpFailure("aborted", "given up", error);
  const { code, message } = error as { readonly code?: string; readonly message?: string };
  // Where a host has several addresses the error has no message of its own.
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
