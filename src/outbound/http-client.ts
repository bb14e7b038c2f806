/** The one HTTP client for calls to other servers. Loads undici, 20 MB of resident memory, so import it when it is needed. */
import { Agent, buildConnector, request } from "undici";
import { authorizationOf, readTlsFiles, type CredentialFiles } from "./credentials.ts";
import { failureOf, HttpFailure } from "./http-failure.ts";

/** What a client is made with. */
export interface HttpClientOptions extends CredentialFiles {
  /** Longest wait for a connection, for the head, and between two parts of the body, milliseconds. */
  readonly timeoutMs: number;
}

/** One answer, whatever its status. */
export interface HttpAnswer {
  readonly status: number;
  /** Value of `Retry-After`; empty when there is none. */
  readonly retryAfter: string;
  readonly body: Uint8Array;
}

/** What may go with a question. */
export interface HttpCall {
  readonly headers?: Readonly<Record<string, string>>;
  /** Gives up the call. */
  readonly signal?: AbortSignal;
}

/** See {@link createHttpClient}. What it rejects with is an `HttpFailure`. */
export interface HttpClient {
  /** Asks for `url` and reads at most `maxBytes` of the answer. Rejects when there is no answer, or when it is longer. */
  get(url: string, maxBytes: number, call?: HttpCall): Promise<HttpAnswer>;
  /**
   * Sends `body` to `url`. Of the answer the first `maxBytes` are read and the others left, because what a server has
   * done is not undone by a long text about it.
   */
  post(url: string, call: HttpCall & { readonly body: Uint8Array }, maxBytes: number): Promise<HttpAnswer>;
  /** Closes its connections; calls under way are given up. */
  close(): Promise<void>;
}

/**
 * Makes a client with connections of its own, which are kept for the next call. Redirects are not followed: a token must
 * not go where nobody sent it. Files with credentials are read for every call, those of TLS for every connection.
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { timeoutMs } = options;
  const agent = new Agent({ connect: connectorOf(options), headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  const ask = async (url: string, how: Asking): Promise<HttpAnswer> => {
    const { signal, method, body, maxBytes } = how;
    try {
      const authorization = await authorizationOf(options);
      const answer = await request(url, {
        dispatcher: agent,
        method,
        headers: { ...how.headers, ...(authorization === undefined ? {} : { authorization }) },
        ...(body === undefined ? {} : { body }),
        ...(signal === undefined ? {} : { signal }),
      });
      return {
        status: answer.statusCode,
        retryAfter: String(answer.headers["retry-after"] ?? ""),
        body: await readAtMost(answer.body, maxBytes, body !== undefined),
      };
    } catch (error) {
      throw failureOf(error, signal);
    }
  };
  return {
    get: (url, maxBytes, call = {}) => ask(url, { ...call, method: "GET", maxBytes }),
    post: (url, call, maxBytes) => ask(url, { ...call, method: "POST", maxBytes }),
    close: () => agent.destroy(),
  };
}

interface Asking extends HttpCall {
  readonly method: "GET" | "POST";
  readonly body?: Uint8Array;
  readonly maxBytes: number;
}

/** Reads the files of TLS before each connection. */
function connectorOf(options: HttpClientOptions): buildConnector.connector {
  const { timeoutMs: timeout } = options;
  const plain = buildConnector({ timeout });
  const secure = async (...[target, done]: Parameters<buildConnector.connector>): Promise<void> => {
    try {
      buildConnector({ ...(await readTlsFiles(options)), timeout })(target, done);
    } catch (error) {
      // A file that cannot be read, or holds no certificate.
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
  canLeaveTheRest: boolean,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early destroys the stream and its connection.
  for await (const part of body) {
    length += part.length;
    if (length > maxBytes) {
      if (!canLeaveTheRest) throw new HttpFailure("too_long", `the answer is longer than ${maxBytes} bytes`);
      parts.push(part.subarray(0, part.length - (length - maxBytes)));
      break;
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}
