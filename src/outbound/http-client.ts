/** The HTTP client for calls to other servers. Imports undici, 20 MB of resident memory: import it dynamically. */
import { Agent, buildConnector, request } from "undici";
import { authorizationOf, readTlsFiles, type CredentialFiles } from "./credentials.ts";
import { failureOf, HttpFailure } from "./http-failure.ts";

/** Options of {@link createHttpClient}. */
export interface HttpClientOptions extends CredentialFiles {
  /** Timeout of connecting, of the response head, and between two parts of the response body, milliseconds. */
  readonly timeoutMs: number;
}

/** A response of any status; the caller decides what is an error. */
export interface HttpAnswer {
  readonly status: number;
  /** Value of `Retry-After`; empty when it is absent. */
  readonly retryAfter: string;
  readonly body: Uint8Array;
}

/** Headers and cancellation of a request. */
export interface HttpCall {
  readonly headers?: Readonly<Record<string, string>>;
  /** Cancels the call. */
  readonly signal?: AbortSignal;
}

/** An HTTP client. Its calls reject with an `HttpFailure` only. */
export interface HttpClient {
  /** Sends a GET. Rejects without a response, or when the response body is longer than `maxBytes`. */
  get(url: string, maxBytes: number, call?: HttpCall): Promise<HttpAnswer>;
  /**
   * Sends a POST and reads the first `maxBytes` of the response body. A longer response is not an error, because the server
   * has processed the request.
   */
  post(url: string, call: HttpCall & { readonly body: Uint8Array }, maxBytes: number): Promise<HttpAnswer>;
  /** Closes all connections and cancels calls under way. */
  close(): Promise<void>;
}

/**
 * Creates a client with its own keep-alive connections. Redirects are not followed, so that credentials reach only the
 * configured server. Files with credentials are read for every call, those of TLS for every connection.
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { timeoutMs } = options;
  const agent = new Agent({ connect: connectorOf(options), headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  const send = async (url: string, how: Sending): Promise<HttpAnswer> => {
    const { signal, method, body, maxBytes } = how;
    try {
      const authorization = await authorizationOf(options);
      const response = await request(url, {
        dispatcher: agent,
        method,
        headers: { ...how.headers, ...(authorization === undefined ? {} : { authorization }) },
        ...(body === undefined ? {} : { body }),
        ...(signal === undefined ? {} : { signal }),
      });
      return {
        status: response.statusCode,
        retryAfter: String(response.headers["retry-after"] ?? ""),
        body: await readAtMost(response.body, maxBytes, body !== undefined),
      };
    } catch (error) {
      throw failureOf(error, signal);
    }
  };
  return {
    get: (url, maxBytes, call = {}) => send(url, { ...call, method: "GET", maxBytes }),
    post: (url, call, maxBytes) => send(url, { ...call, method: "POST", maxBytes }),
    close: () => agent.destroy(),
  };
}

interface Sending extends HttpCall {
  readonly method: "GET" | "POST";
  readonly body?: Uint8Array;
  readonly maxBytes: number;
}

/** Reads the TLS files before each connection. */
function connectorOf(options: HttpClientOptions): buildConnector.connector {
  const { timeoutMs: timeout } = options;
  const plain = buildConnector({ timeout });
  const secure = async (...[target, done]: Parameters<buildConnector.connector>): Promise<void> => {
    try {
      buildConnector({ ...(await readTlsFiles(options)), timeout })(target, done);
    } catch (error) {
      // A file is unreadable or holds no certificate.
      done(error as Error, null);
    }
  };
  return (target, done) => {
    if (target.protocol === "https:") void secure(target, done);
    else plain(target, done);
  };
}

async function readAtMost(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
  mayTruncate: boolean,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early destroys the stream and the connection.
  for await (const part of body) {
    length += part.length;
    if (length > maxBytes) {
      if (!mayTruncate) throw new HttpFailure("too_long", `the response is longer than ${maxBytes} bytes`);
      parts.push(part.subarray(0, part.length - (length - maxBytes)));
      break;
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}
