import { request as httpRequest } from "node:http";
import type { ClientRequest, IncomingMessage } from "node:http";
import { connect } from "node:net";

import type { ProbeAnswer, ProbeRequest } from "../inference/probe-answer.ts";
import { describeFailure, formatAddress } from "./failure-text.ts";
import type { ProbedAddress } from "./failure-text.ts";

/** How a question is asked. */
export interface AskOptions {
  readonly address: ProbedAddress;
  /** For the whole answer, milliseconds. */
  readonly timeoutMs: number;
  /** Ends the question early; the answer is then a failure. */
  readonly signal: AbortSignal;
}

/** Bytes of an answer's body that are read; the rest is not waited for. */
export const maxAnswerBytes = 65_536;

/**
 * Asks the model server one question on a connection of its own, which is closed afterwards: a kept one would be
 * closed by some servers without a word. Always resolves; what went wrong is in the answer.
 */
export function ask(request: ProbeRequest, options: AskOptions): Promise<ProbeAnswer> {
  return new Promise((resolve) => {
    let isSettled = false;
    let end: (() => void) | undefined;
    const settle = (answer: ProbeAnswer): void => {
      if (isSettled) return;
      isSettled = true;
      clearTimeout(timer);
      resolve(answer);
      end?.();
    };
    const fail = (problem: string): void => settle({ kind: "failed", problem });
    const timer = setTimeout(() => {
      const what = request.kind === "http" ? `answer ${request.method} ${request.path}` : "accept a connection";
      fail(`${formatAddress(options.address)} did not ${what} within ${options.timeoutMs} ms`);
    }, options.timeoutMs);
    timer.unref();
    try {
      end = request.kind === "http" ? askHttp(request, options, settle) : tryConnect(options, settle);
      // The answer may have come before there was anything to end.
      if (isSettled) end();
    } catch (error) {
      fail(describeFailure(options.address, error));
    }
  });
}

type Settle = (answer: ProbeAnswer) => void;

function askHttp(request: ProbeRequest & { kind: "http" }, options: AskOptions, settle: Settle): () => void {
  const { address } = options;
  const client: ClientRequest = httpRequest({
    ...(address.kind === "tcp" ? { host: address.host, port: address.port } : { socketPath: address.path }),
    agent: false,
    method: request.method,
    path: request.path,
    headers: {
      host: address.kind === "tcp" ? formatAddress(address) : "localhost",
      accept: "*/*",
      "user-agent": "outrider-probe",
      connection: "close",
    },
    signal: options.signal,
  });
  let hasAnswer = false;
  client.on("response", (response) => {
    hasAnswer = true;
    readAnswer(response, settle);
  });
  // Once the head is here, the response itself tells how it ends.
  const fail = (problem: string): void => {
    if (!hasAnswer) settle({ kind: "failed", problem });
  };
  client.on("error", (error) => fail(describeFailure(address, error)));
  client.on("close", () => fail(`${formatAddress(address)} gave no answer`));
  client.end();
  return () => client.destroy();
}

/** Settles with what has come, even when the connection breaks: TorchServe resets it after the body of an error. */
function readAnswer(response: IncomingMessage, settle: Settle): void {
  const chunks: Buffer[] = [];
  let length = 0;
  const done = (): void =>
    settle({
      kind: "http",
      status: response.statusCode ?? 0,
      contentType: (response.headers["content-type"] ?? "").toLowerCase(),
      body: Buffer.concat(chunks).subarray(0, maxAnswerBytes).toString("utf8"),
    });
  response.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= maxAnswerBytes) done();
  });
  response.on("end", done);
  response.on("error", done);
  response.on("close", done);
}

function tryConnect(options: AskOptions, settle: Settle): () => void {
  const { address } = options;
  const socket = connect(
    address.kind === "tcp" ? { host: address.host, port: address.port } : { path: address.path },
    () => settle({ kind: "connected" }),
  );
  const abort = (): void => settle({ kind: "failed", problem: "the question was given up" });
  options.signal.addEventListener("abort", abort, { once: true });
  socket.on("error", (error) => settle({ kind: "failed", problem: describeFailure(address, error) }));
  socket.on("close", () => options.signal.removeEventListener("abort", abort));
  return () => socket.destroy();
}
