/**
 * An open loop: requests go out at a fixed rate whether or not earlier ones are answered, so a proxy that stalls is
 * charged for every request that came meanwhile (no coordinated omission). Each is timed from the moment this process
 * sees that it is due, which is up to a millisecond late: that is the timer's doing, not the proxy's. A client that
 * looks at the clock without pause would be on time, but it fights for the cores with what it measures.
 *
 * Usage: node bench/clients/open-loop.ts '{"port":8080,"requestsPerSecond":1000,"seconds":5,"warmUpSeconds":1}'
 */
import { type HttpConnection, openHttpConnection, predictionRequests } from "./http-connection.ts";
import { summarizeLatencies } from "./summarize-latencies.ts";

interface Options {
  readonly port: number;
  /** Left out: `/invocations`. */
  readonly path?: string;
  /** Numbers of each body's row; left out: 40. */
  readonly numbers?: number;
  readonly requestsPerSecond: number;
  readonly seconds: number;
  /** At the same rate, not counted. */
  readonly warmUpSeconds: number;
}

interface DueRequest {
  readonly index: number;
  readonly noticedAtMs: number;
}

const tickMs = 1;
const connectionsAtStart = 32;
const maxConnections = 1024;
/** How long answers are waited for after the last request. */
const graceMs = 10_000;

const options = JSON.parse(process.argv[2] ?? "{}") as Options;
const requests = predictionRequests(options.port, options.path, options.numbers);
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
/** Requests for which no connection was free. */
const waiting: DueRequest[] = [];

function dueAtMs(index: number): number {
  return firstDueAtMs + index * periodMs;
}

function tick(): void {
  const nowMs = performance.now();
  while (sent < total && dueAtMs(sent) <= nowMs) {
    dispatch({ index: sent, noticedAtMs: nowMs });
    sent += 1;
  }
  if (answered === total || nowMs > dueAtMs(total) + graceMs) report();
  else setTimeout(tick, tickMs);
}

function dispatch(due: DueRequest): void {
  const connection = takeConnection();
  if (connection === undefined) waiting.push(due);
  else send(connection, due);
}

function takeConnection(): HttpConnection | undefined {
  for (let next = free.pop(); next !== undefined; next = free.pop()) {
    if (!next.isClosed()) return next;
    connections -= 1;
  }
  if (connections >= maxConnections) return undefined;
  connections += 1;
  return openHttpConnection(options.port);
}

function send(connection: HttpConnection, { index, noticedAtMs }: DueRequest): void {
  connection.send(requests[index % requests.length] ?? "", (status) => {
    answered += 1;
    if (status !== 200) errors += 1;
    else if (index >= total - counted) latenciesMs.push(performance.now() - noticedAtMs);
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
