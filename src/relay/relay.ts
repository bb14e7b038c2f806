/** The running relay: a listener, its connections, one sweep for all deadlines, and how it comes to rest. */
import type { TcpAddress } from "../text/address.ts";
import { createServer, type Server, type Socket } from "node:net";
import { RelayCounters } from "../metrics/requests/relay-counters.ts";
import { ClientConnection } from "./client/connection.ts";
import { RelayContext, type Routing } from "./context.ts";
import { listen } from "./listen.ts";
import type { RelayOptions } from "./options.ts";
import { composeError } from "./exchange/own-answer.ts";

/** How often deadlines are looked at; the greatest error of a time-out. */
const sweepMs = 50;

/** A running relay. */
export interface Relay {
  /** Where it listens; the port is the chosen one when 0 was asked for. */
  readonly address: TcpAddress;
  readonly counters: RelayCounters;
  /** Sets how requests are routed. Until the first call every request is answered `not_ready`. */
  serve(routing: Routing): void;
  /** From now on every response ends its connection. New connections are still taken. Idempotent. */
  drain(): void;
  /** Resolves when no request is in flight. */
  whenIdle(): Promise<void>;
  /**
   * Stops listening, waits up to `graceMs` for what is in flight, then breaks it off. Resolves when all sockets are
   * closed.
   */
  stop(graceMs?: number): Promise<void>;
}

/**
 * Starts a relay. Rejects with an OutriderError (`port_in_use`, `permission_denied`, `address_unavailable`) when it
 * cannot listen.
 */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const counters = new RelayCounters();
  const context = new RelayContext(options, counters);
  const connections = new Set<ClientConnection>();
  const turnedAway = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (socket) => {
    if (counters.connectionsOpen >= options.limits.connections) turnAway(context, socket, turnedAway);
    else accept(context, connections, socket);
  });
  const address = await listen(server, options.listen);
  const sweep = setInterval(() => sweepAll(context, connections), sweepMs);
  sweep.unref();
  return {
    address,
    counters,
    serve: (routing) => {
      context.routing = routing;
    },
    drain: () => {
      context.isDraining = true;
    },
    whenIdle: () => waitUntil(() => counters.inFlight === 0),
    stop: async (graceMs = 0) => {
      context.isDraining = true;
      await close(server, connections, { counters, graceMs, clock: options.clock });
      context.pool.close();
      for (const socket of turnedAway) socket.destroy();
      clearInterval(sweep);
    },
  };
}

function accept(context: RelayContext, connections: Set<ClientConnection>, socket: Socket): void {
  const { counters } = context;
  counters.connectionsTotal++;
  counters.connectionsOpen++;
  const connection = new ClientConnection(context, socket, (closed) => {
    connections.delete(closed);
    counters.connectionsOpen--;
  });
  connections.add(connection);
}

/** What is turned away is still listened to for this long, or a reset would overtake the answer. */
const turnAwayMs = 1000;
/** So many at once; more are cut off at once. */
const maxTurnedAway = 1024;

function turnAway(context: RelayContext, socket: Socket, turnedAway: Set<Socket>): void {
  context.counters.connectionsTotal++;
  context.counters.connectionsRefusedTotal++;
  if (turnedAway.size >= maxTurnedAway) {
    socket.destroy();
    return;
  }
  turnedAway.add(socket);
  const frame = { isHead: false, close: true, requestId: Buffer.alloc(0), detail: "", allow: [] };
  composeError(context, "connections_exceeded", frame);
  socket.on("error", () => undefined);
  socket.on("end", () => socket.destroy());
  socket.on("close", () => turnedAway.delete(socket));
  socket.setTimeout(turnAwayMs, () => socket.destroy());
  socket.resume();
  socket.end(Buffer.from(context.scratch.view));
  context.scratch.writer.clear();
}

function sweepAll(context: RelayContext, connections: ReadonlySet<ClientConnection>): void {
  context.sweep();
  for (const connection of connections) connection.check(context.coarseMs);
}

/** No timer of its own: it looks at the condition as often as the sweep does. */
function waitUntil(isTrue: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!isTrue()) return;
      clearInterval(timer);
      resolve();
    };
    const timer = setInterval(look, sweepMs);
    look();
  });
}

async function close(
  server: Server,
  connections: ReadonlySet<ClientConnection>,
  wait: { readonly counters: RelayCounters; readonly graceMs: number; readonly clock: RelayOptions["clock"] },
): Promise<void> {
  // Connections are counted here: the server knows only the sockets that they were taken from.
  server.close();
  const endMs = wait.clock.monotonicMs() + wait.graceMs;
  await waitUntil(() => {
    for (const connection of connections) if (connection.isIdle) connection.close();
    return wait.counters.inFlight === 0 || wait.clock.monotonicMs() >= endMs;
  });
  for (const connection of connections) if (!connection.isIdle) connection.abort();
  await waitUntil(() => connections.size === 0);
}
