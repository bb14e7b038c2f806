/**
 * An open loop: requests are due at fixed times whether or not earlier ones are answered, and each is timed from when
 * it was due, so that a proxy that stalls is charged for every request that it held up (no coordinated omission).
 * Between due times the process does not sleep but looks at its sockets again and again: a sleeping client would
 * add the timer's own millisecond to every figure. It takes one core while it runs.
 *
 * Usage: node bench/clients/open-loop.ts '{"port":8080,"requestsPerSecond":1000,"seconds":5,"warmUpSeconds":1}'
 */
import { type HttpConnection, openHttpConnection, predictionRequest } from "./http-connection.ts";
import { summarizeLatencies } from "./summarize-latencies.ts";

interface Options {
  readonly port: number;
  readonly requestsPerSecond: number;
  readonly seconds: number;
  /** At the same rate, not counted. */
  readonly warmUpSeconds: number;
}

const connectionsAtStart = 32;
const mostConnections = 1024;
/** How long answers are waited for after the last request. */
const graceMs = 10_000;

const options = JSON.parse(process.argv[2] ?? "{}") as Options;
const request = predictionRequest(options.port);
const free: HttpConnection[] = Array.from({ length: connectionsAtStart }, () => openHttpConnection(options.port));
const latenciesMs: number[] = [];
const periodMs = 1000 / options.requestsPerSecond;
const total = Math.round(options.requestsPerSecond * (options.seconds + options.warmUpSeconds));
const counted = Math.round(options.requestsPerSecond * options.seconds);
const firstDueAtMs = performance.now() + 100;

let connections = connectionsAtStart;
let sent = 0;
let answered = 0;
let errors = 0;
/** Due times of requests for which no connection was free. */
const waiting: number[] = [];

function dueAtMs(index: number): number {
  return firstDueAtMs + index * periodMs;
}

function tick(): void {
  const nowMs = performance.now();
  while (sent < total && dueAtMs(sent) <= nowMs) {
    dispatch(sent);
    sent += 1;
  }
  if (answered === total || nowMs > dueAtMs(total) + graceMs) report();
  else setImmediate(tick);
}

function dispatch(index: number): void {
  const connection = takeConnection();
  if (connection === undefined) waiting.push(index);
  else send(connection, index);
}

function takeConnection(): HttpConnection | undefined {
  for (let next = free.pop(); next !== undefined; next = free.pop()) {
    if (!next.isClosed()) return next;
    connections -= 1;
  }
  if (connections >= mostConnections) return undefined;
  connections += 1;
  return openHttpConnection(options.port);
}

function send(connection: HttpConnection, index: number): void {
  connection.send(request, (status) => {
    answered += 1;
    if (status !== 200) errors += 1;
    else if (index >= total - counted) latenciesMs.push(performance.now() - dueAtMs(index));
    if (connection.isClosed()) connections -= 1;
    else free.push(connection);
    const next = waiting.shift();
    if (next !== undefined) dispatch(next);
  });
}

function report(): void {
  const unanswered = total - answered;
  console.log(JSON.stringify({ errors: errors + unanswered, ...summarizeLatencies(latenciesMs) }));
  process.exit(0);
}

tick();
