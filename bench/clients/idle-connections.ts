/**
 * Opens many connections, sends one request on each, holds them all idle, then sends one more on each.
 *
 * Usage: node bench/clients/idle-connections.ts '{"port":8080,"connections":10000,"holdSeconds":5}'
 */
import { setTimeout as delay } from "node:timers/promises";
import { type HttpConnection, openHttpConnection, predictionRequest } from "./http-connection.ts";

interface Options {
  readonly port: number;
  readonly connections: number;
  readonly holdSeconds: number;
}

/** Connections that are being opened or asked at the same time. */
const atOnce = 64;

const options = JSON.parse(process.argv[2] ?? "{}") as Options;
const request = predictionRequest(options.port);
const open = Array.from({ length: options.connections }, () => undefined as HttpConnection | undefined);

const firstOk = await askEach((index) => (open[index] = openHttpConnection(options.port)));
await delay(options.holdSeconds * 1000);
const stillOpen = open.filter((connection) => connection?.isClosed() === false).length;
const secondOk = await askEach((index) => open[index]);
console.log(JSON.stringify({ opened: options.connections, firstOk, stillOpen, secondOk }));
process.exit(0);

async function askEach(connectionAt: (index: number) => HttpConnection | undefined): Promise<number> {
  let next = 0;
  let ok = 0;
  const worker = async (): Promise<void> => {
    while (next < options.connections) {
      const connection = connectionAt(next);
      next += 1;
      const status = connection === undefined ? 0 : await ask(connection);
      if (status === 200) ok += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return ok;
}

function ask(connection: HttpConnection): Promise<number> {
  return new Promise((resolve) => connection.send(request, resolve));
}
