import { connect, type Socket } from "node:net";

import type { ProbeAnswer, ProbeRequest } from "../protocols/probe-answer.ts";
import { AnswerReader } from "./answer-reader.ts";
import { formatAddress, type Address } from "../text/address.ts";
import { describeFailure, malformedText } from "./failure-text.ts";

/** Options of {@link ask}. */
export interface AskOptions {
  readonly address: Address;
  /** For the whole answer, milliseconds. */
  readonly timeoutMs: number;
  /** Ends the question early; the answer is then a failure. */
  readonly signal: AbortSignal;
}

/**
 * Sends the model server one request on its own connection, which is closed afterwards, because some
 * servers close idle connections without notice. Always resolves; a failure is part of the answer.
 */
export function ask(request: ProbeRequest, options: AskOptions): Promise<ProbeAnswer> {
  const { address, signal, timeoutMs } = options;
  if (request.kind === "http" && !isSendable(request.path)) {
    return Promise.resolve(
      failed(`${formatAddress(address)} cannot be probed: the path ${JSON.stringify(request.path)}`),
    );
  }
  let socket: Socket;
  try {
    socket = connect(address.kind === "tcp" ? { host: address.host, port: address.port } : { path: address.path });
  } catch (error) {
    return Promise.resolve(failed(describeFailure(address, error)));
  }
  return new Promise((resolve) => {
    const settle = (answer: ProbeAnswer): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", giveUp);
      socket.destroy();
      resolve(answer);
    };
    const giveUp = (): void => settle(failed("the probe was cancelled"));
    const timer = setTimeout(() => settle(failed(lateText(request, options))), timeoutMs);
    timer.unref();
    signal.addEventListener("abort", giveUp, { once: true });
    converse(socket, request, { address, settle });
    if (signal.aborted) giveUp();
  });
}

/** The server's address and the receiver of the outcome; only the first outcome counts. */
interface Conversation {
  readonly address: Address;
  settle(this: void, answer: ProbeAnswer): void;
}

function converse(socket: Socket, request: ProbeRequest, { address, settle }: Conversation): void {
  const reader = new AnswerReader();
  socket.on("connect", () => {
    if (request.kind === "connect") settle({ kind: "connected" });
    else socket.write(headOf(request.method, request.path, address));
  });
  socket.on("data", (bytes: Buffer) => {
    const progress = reader.take(bytes);
    if (progress === "malformed") settle(failed(malformedText(address)));
    else if (progress === "done") socket.destroy();
  });
  // An answer counts even when the connection breaks after it: TorchServe resets it after the body of an error.
  socket.on("error", (error) => settle(reader.answer() ?? failed(describeFailure(address, error))));
  socket.on("close", () => {
    settle(reader.answer() ?? failed(`${formatAddress(address)} closed the connection without an answer`));
  });
}

function headOf(method: string, path: string, address: Address): string {
  const host = address.kind === "tcp" ? formatAddress(address) : "localhost";
  const lines = [`Host: ${host}`, "Accept: */*", "User-Agent: outrider-probe", "Connection: close"];
  return `${method} ${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`;
}

/** True for a path of visible ASCII: any other character could end the request line early. */
function isSendable(path: string): boolean {
  return /^[\x21-\x7e]+$/.test(path);
}

function lateText(request: ProbeRequest, { address, timeoutMs }: AskOptions): string {
  const what = request.kind === "http" ? `answer ${request.method} ${request.path}` : "accept a connection";
  return `${formatAddress(address)} did not ${what} within ${timeoutMs} ms`;
}

function failed(problem: string): ProbeAnswer {
  return { kind: "failed", problem };
}
