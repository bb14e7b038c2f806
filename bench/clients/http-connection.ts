/** The least HTTP/1.1 client that can time a response: one connection, one request at a time. */
import { connect, type Socket } from "node:net";
import { predictionBodies } from "./prediction-bodies.ts";

/** How one request went: the status of a complete response, or 0 when the connection broke. */
export type OnAnswer = (status: number) => void;

/** One client connection. */
export interface HttpConnection {
  readonly socket: Socket;
  /** True once it is closed: it cannot be used any more. */
  readonly isClosed: () => boolean;
  /** Sends a request; nothing may be in flight. `onAnswer` is called once, when the last byte of the response is here. */
  readonly send: (request: Buffer | string, onAnswer: OnAnswer) => void;
}

/** Opens a connection to a loopback port. A failure shows in the answer of the request that is sent on it. */
export function openHttpConnection(port: number): HttpConnection {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  let received = "";
  let closed = false;
  let waiting: OnAnswer | undefined;
  const finish = (status: number): void => {
    const onAnswer = waiting;
    waiting = undefined;
    received = "";
    onAnswer?.(status);
  };
  socket.setEncoding("latin1");
  socket.on("data", (text: string) => {
    received += text;
    const status = completeStatus(received);
    if (status !== undefined) finish(status);
  });
  socket.on("error", () => socket.destroy());
  socket.on("close", () => {
    closed = true;
    finish(0);
  });
  return {
    socket,
    isClosed: () => closed,
    send: (request, onAnswer) => {
      waiting = onAnswer;
      if (closed) finish(0);
      else socket.write(request);
    },
  };
}

/** The requests that all clients of the bench send in turn by default. `numbers`: see {@link predictionBodies}. */
export function predictionRequests(port: number, path = "/invocations", numbers?: number): readonly Buffer[] {
  return predictionBodies(numbers).map((body) => postOf(port, path, body));
}

/** The first of {@link predictionRequests}. */
export function predictionRequest(port: number, path = "/invocations"): Buffer {
  return postOf(port, path, predictionBodies(undefined, 1).join(""));
}

function postOf(port: number, path: string, body: string): Buffer {
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${body.length}\r\n\r\n${body}`,
  );
}

/** Status of the response if it is all there. */
function completeStatus(text: string): number | undefined {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const head = text.slice(0, headEnd + 2);
  const length = /\r\ncontent-length: *(\d+)\r\n/i.exec(head)?.[1];
  const isComplete = length === undefined ? text.endsWith("0\r\n\r\n") : text.length >= headEnd + 4 + Number(length);
  return isComplete ? Number(head.slice(9, 12)) : undefined;
}
