/** The one HTTP client for calls to other servers. Loads undici, 20 MB of resident memory, so import it when it is needed. */
import { readFile } from "node:fs/promises";
import { Agent, request } from "undici";

/** What a client is made with. */
export interface HttpClientOptions {
  /** Longest wait for a connection, for the head, and between two parts of the body, milliseconds. */
  readonly timeoutMs: number;
  /** File with a bearer token, read for every call because it may be replaced; empty for none. */
  readonly tokenFile: string;
}

/** One answer, whatever its status. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: Uint8Array;
}

/** See {@link createHttpClient}. */
export interface HttpClient {
  /**
   * Asks for `url` and reads at most `maxBytes` of the answer. Rejects when there is no answer in time, when it is longer,
   * or when the token cannot be read. Redirects are not followed: a token must not go where nobody sent it.
   */
  get(url: string, maxBytes: number): Promise<HttpAnswer>;
  /** Closes its connections. */
  close(): Promise<void>;
}

/** Makes a client with connections of its own. */
export function createHttpClient({ timeoutMs, tokenFile }: HttpClientOptions): HttpClient {
  const agent = new Agent({ connect: { timeout: timeoutMs }, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  return {
    get: async (url, maxBytes) => {
      const headers = tokenFile === "" ? {} : { authorization: `Bearer ${(await readFile(tokenFile, "utf8")).trim()}` };
      const { statusCode, body } = await request(url, { dispatcher: agent, headers });
      return { status: statusCode, body: await readAtMost(body, maxBytes) };
    },
    close: () => agent.close(),
  };
}

async function readAtMost(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early destroys the stream and its connection.
  for await (const part of body) {
    length += part.length;
    if (length > maxBytes) throw new Error(`the answer is longer than ${maxBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
