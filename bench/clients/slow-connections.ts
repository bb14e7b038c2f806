/**
 * Slow clients: many connections that send a request head one byte at a time and never finish it; one that is closed
 * is opened again. Prints `open` once all have been opened, ends on SIGTERM with one line of JSON.
 *
 * Usage: node bench/clients/slow-connections.ts '{"port":8080,"connections":1000,"byteEveryMs":500}'
 */
import { connect, type Socket } from "node:net";

interface Options {
  readonly port: number;
  readonly connections: number;
  readonly byteEveryMs: number;
}

const options = JSON.parse(process.argv[2] ?? "{}") as Options;
const head = `POST /invocations HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ${"a".repeat(4000)}`;

let opened = 0;
let reopened = 0;
let isEnding = false;

for (let index = 0; index < options.connections; index += 1) crawl(index);
process.once("SIGTERM", () => {
  isEnding = true;
  console.log(JSON.stringify({ reopened }));
  process.exit(0);
});

function crawl(index: number): void {
  const socket = connect({ host: "127.0.0.1", port: options.port, noDelay: true });
  socket.once("connect", () => {
    opened += 1;
    if (opened === options.connections) console.log("open");
    // Spread over the interval, so that the bytes do not come in bursts.
    const firstMs = (index / options.connections) * options.byteEveryMs;
    setTimeout(() => sendByte(socket, 0), firstMs);
  });
  socket.on("data", () => undefined);
  socket.on("error", () => socket.destroy());
  socket.once("close", () => {
    if (isEnding) return;
    reopened += 1;
    setTimeout(() => crawl(index), options.byteEveryMs);
  });
}

function sendByte(socket: Socket, position: number): void {
  if (socket.destroyed) return;
  socket.write(head.charAt(position % head.length));
  setTimeout(() => sendByte(socket, position + 1), options.byteEveryMs);
}
