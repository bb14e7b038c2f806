import { METHODS } from "node:http";
import { createServer, type Socket } from "node:net";
import { crc32 } from "node:zlib";
import { readRequests, type StrictRequest } from "../support/strict/strict-reader.ts";
import { feedToNode, type NodeView } from "./node-view.ts";

/** What distinguishes one request from another: method, target without scheme and authority, length and checksum of the body. */
export function fingerprint(request: {
  readonly method: string;
  readonly target: string;
  readonly body: Buffer;
}): string {
  return `${request.method} ${originForm(request.method, request.target)} ${request.body.length}:${crc32(request.body)}`;
}

function originForm(method: string, target: string): string {
  const absolute = /^https?:\/\/[^/?]*(.*)$/i.exec(target);
  if (!absolute) return target;
  const path = absolute[1] ?? "";
  if (path === "") return method === "OPTIONS" ? "*" : "/";
  return path.startsWith("?") ? `/${path}` : path;
}

/** What Node's parser saw of a stretch of requests, and what it should have seen. */
export interface NodeReading {
  readonly node: NodeView;
  readonly expected: string[];
}

/** One connection of the upstream, as the strict reader and Node's own parser see it. */
export interface ReadConnection {
  readonly fingerprints: string[];
  /** Node's parser stops at methods it does not know; a new one goes on after them. The last one is at work. */
  readonly readings: NodeReading[];
  /** What the strict reader objects to; empty when nothing. */
  error: string;
  /** The last bytes received, for the report. */
  tail: Buffer;
}

/** An upstream that answers each request with its fingerprint in the header `x-echo`. */
export interface EchoUpstream {
  readonly host: string;
  readonly port: number;
  readonly connections: readonly ReadConnection[];
  stop(): Promise<void>;
}

/** Starts on a free loopback port. */
export async function startEchoUpstream(): Promise<EchoUpstream> {
  const connections: ReadConnection[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => {});
    const connection: ReadConnection = { fingerprints: [], readings: [newReading()], error: "", tail: Buffer.alloc(0) };
    connections.push(connection);
    let pending = Buffer.alloc(0);
    socket.on("data", (piece: Buffer) => {
      connection.readings.at(-1)?.node.feed(piece);
      pending = pending.length === 0 ? Buffer.from(piece) : Buffer.concat([pending, piece]);
      connection.tail = pending;
      if (connection.error !== "") return;
      const reading = readRequests(pending);
      pending = pending.subarray(reading.consumed);
      connection.error = reading.error;
      for (const request of reading.requests) answer(socket, connection, request);
    });
    socket.on("close", () => {
      sockets.delete(socket);
      connection.readings.at(-1)?.node.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no address");
  return {
    host: "127.0.0.1",
    port: address.port,
    connections,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function newReading(): NodeReading {
  return { node: feedToNode(), expected: [] };
}

function answer(socket: Socket, connection: ReadConnection, request: StrictRequest): void {
  const print = fingerprint(request);
  connection.fingerprints.push(print);
  if (METHODS.includes(request.method)) connection.readings.at(-1)?.expected.push(print);
  else connection.readings.push(newReading());
  socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Echo: ${print}\r\n\r\n`, "latin1");
}
