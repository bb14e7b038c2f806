/** What push and query of Loki share: the port of the HTTP client, the address, and texts of responses. */

/** A response of Loki, of any status, with its whole body. */
export interface LokiHttpAnswer {
  readonly status: number;
  /** Value of `Retry-After`; empty when it is absent. */
  readonly retryAfter: string;
  readonly body: Uint8Array;
}

/** Headers and cancellation of a request. The client adds credentials. */
export interface LokiHttpCall {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * `get` and `post` reject with an `Error` when there is no response. Its `code` is `timeout`, `aborted`, `too_long`, or
 * `credentials` when a credentials file cannot be read; anything else is a failed connection. Redirects are not followed.
 */
export interface LokiHttp {
  /** Rejects when the response body is longer than `maxBytes`. */
  get(url: string, maxBytes: number, call: LokiHttpCall): Promise<LokiHttpAnswer>;
  /** Returns the first `maxBytes` of the response body. */
  post(url: string, call: LokiHttpCall & { readonly body: Uint8Array }, maxBytes: number): Promise<LokiHttpAnswer>;
  close(): Promise<void>;
}

/** Address and tenant of a Loki. */
export interface LokiAddress {
  /** Without `/loki/api/v1/…`; may have a path prefix. */
  readonly url: string;
  /** Value of `X-Scope-OrgID`; empty omits the header. */
  readonly tenant: string;
}

/** URL of an endpoint of Loki, e.g. `/loki/api/v1/push`. */
export const lokiUrl = ({ url }: LokiAddress, path: string): string => url.replace(/\/+$/, "") + path;

/** The header that names the tenant, if any. */
export const tenantHeaders = ({ tenant }: LokiAddress): Readonly<Record<string, string>> =>
  tenant === "" ? {} : { "x-scope-orgid": tenant };

/** A response text as one line for a log or a terminal: no tags, no control characters, at most `maxLength` characters. */
export function plainText(text: string, maxLength: number): string {
  // Bounds the work for a long page; tags may make up nine tenths of the beginning.
  const beginning = text.slice(0, maxLength * 10);
  return beginning
    .replace(/(?:<[^>]*>|[\s\p{C}])+/gu, " ")
    .trim()
    .slice(0, maxLength);
}
