import http from "node:http";
import https from "node:https";

import type { ReplayUpstream } from "./request.ts";

/** A request for {@link ReplayClient.send}, which adds a `Content-Length`, and a `User-Agent` unless there is one. */
export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The response, or why there is none. */
export type ReceivedResponse =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly contentType: string;
      readonly body: Buffer;
      /** From sending to the last byte of the response, in milliseconds. */
      readonly tookMs: number;
    }
  /** `problem` completes the sentence "the request failed: …". */
  | { readonly kind: "failed"; readonly problem: string };

/** Longer responses count as failed. */
const maxAnswerBytes = 64 * 2 ** 20;

/** Sends requests to one server over keep-alive connections. */
export class ReplayClient {
  readonly #upstream: ReplayUpstream;
  readonly #timeoutMs: number;
  readonly #agent: http.Agent;

  constructor(upstream: ReplayUpstream, concurrency: number, timeoutMs: number) {
    this.#upstream = upstream;
    this.#timeoutMs = timeoutMs;
    const Agent = upstream.isTls ? https.Agent : http.Agent;
    this.#agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  }

  /** Sends a request and reads the whole response. Never rejects; `signal` cancels it. */
  async send(request: SentRequest, signal: AbortSignal): Promise<ReceivedResponse> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#attempt(request, signal);
      // The server closed an idle connection just as it was reused: it has not processed the request.
      if (answer.kind === "failed" && answer.wasStale && attempt === 1) continue;
      return answer;
    }
  }

  /** Closes all connections. */
  close(): void {
    this.#agent.destroy();
  }

  async #attempt(request: SentRequest, signal: AbortSignal): Promise<Attempt> {
    const startMs = performance.now();
    const { promise, resolve } = Promise.withResolvers<Attempt>();
    const outgoing = this.#request(request, AbortSignal.any([signal, AbortSignal.timeout(this.#timeoutMs)]));
    const failed = (problem: string, wasStale = false): void => resolve({ kind: "failed", problem, wasStale });
    outgoing.on("error", (error: NodeJS.ErrnoException) => {
      const wasStale = outgoing.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE");
      failed(this.#problemOf(error), wasStale);
    });
    outgoing.on("response", (incoming) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      incoming.on("data", (part: Buffer) => {
        bytes += part.length;
        parts.push(part);
        if (bytes > maxAnswerBytes) incoming.destroy(new Error(`the response is longer than ${maxAnswerBytes} bytes`));
      });
      incoming.on("error", (error) => failed(this.#problemOf(error)));
      incoming.on("end", () =>
        resolve({
          kind: "answer",
          status: incoming.statusCode ?? 0,
          contentType: incoming.headers["content-type"] ?? "",
          body: Buffer.concat(parts),
          tookMs: performance.now() - startMs,
        }),
      );
    });
    outgoing.end(request.body);
    return promise;
  }

  #request({ method, path, headers, body }: SentRequest, signal: AbortSignal): http.ClientRequest {
    const { isTls, address, pathPrefix } = this.#upstream;
    const send = isTls ? https.request : http.request;
    return send({
      ...address,
      method,
      path: pathPrefix + path,
      agent: this.#agent,
      signal,
      headers: { "user-agent": "outrider-replay", ...headers, "content-length": String(body.length) },
    });
  }

  #problemOf(error: NodeJS.ErrnoException): string {
    if (error.code === "ECONNREFUSED") return "connection refused";
    const isLate = error.name === "AbortError" && (error.cause as Error | undefined)?.name === "TimeoutError";
    return isLate ? `no complete response within ${this.#timeoutMs} ms` : error.message;
  }
}

type Attempt =
  | Extract<ReceivedResponse, { readonly kind: "answer" }>
  | { readonly kind: "failed"; readonly problem: string; readonly wasStale: boolean };
