/** The HTTP client as Loki's push and query need it, declared here because this is where it is used. */

/** An answer, whatever its status. */
export interface LokiHttpAnswer {
  readonly status: number;
  /** Value of `Retry-After`; empty when there is none. */
  readonly retryAfter: string;
  readonly body: Uint8Array;
}

/** What goes with a question. Credentials are the client's business. */
export interface LokiHttpCall {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * Both reject with an `Error` when there is no answer. Its `code` says `timeout`, `aborted`, or `credentials` when those
 * cannot be read; anything else is a connection that did not come about or broke. Redirects are not followed.
 */
export interface LokiHttp {
  /** Reads at most `maxBytes` of the answer, and rejects when it is longer. */
  get(url: string, maxBytes: number, call: LokiHttpCall): Promise<LokiHttpAnswer>;
  /** Reads the first `maxBytes` of the answer. */
  post(url: string, call: LokiHttpCall & { readonly body: Uint8Array }, maxBytes: number): Promise<LokiHttpAnswer>;
  close(): Promise<void>;
}

/** Where a Loki is, and as whom it is asked. */
export interface LokiAddress {
  /** Without `/loki/api/v1/…`; perhaps with a path in front of it. */
  readonly url: string;
  /** Value of `X-Scope-OrgID`; empty sends none. */
  readonly tenant: string;
}

/** The address of a part of Loki's API, e.g. `/loki/api/v1/push`. */
export const lokiUrl = ({ url }: LokiAddress, path: string): string => url.replace(/\/+$/, "") + path;

/** The headers that name the tenant. */
export const tenantHeaders = ({ tenant }: LokiAddress): Readonly<Record<string, string>> =>
  tenant === "" ? {} : { "x-scope-orgid": tenant };
