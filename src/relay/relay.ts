/** The running relay: a listener, its client connections, one sweep for all time-outs, and its shutdown. */
import type { TcpAddress } from "../text/address.ts";
import { createServer, type Server, type Socket } from "node:net";
import { RelayCounters } from "../metrics/requests/relay-counters.ts";
import { ClientConnection } from "./client/connection.ts";
import { RelayContext, type Routing } from "./context.ts";
import { listen } from "../listen.ts";
import type { RelayOptions } from "./options.ts";
import { writeErrorReply } from "./exchange/local-reply.ts";

/** How often time-outs are checked; a time-out fires at most this late. */
const sweepMs = 50;

/** A running relay. It serves until {@link Relay.stop}; {@link Relay.drain} alone never ends a connection early. */
export interface Relay {
  /** Where it listens; with port 0, the port that the system chose. */
  readonly address: TcpAddress;
  readonly counters: RelayCounters;
  /** Sets how requests are routed. Until the first call every request is answered `not_ready`. */
  serve(routing: Routing): void;
  /** From now on every response ends its connection. New connections are still taken. Idempotent. */
  drain(): void;
  /**
   * Stops listening, waits up to `graceMs` for exchanges in flight, then aborts them. Resolves when all sockets are
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
  const refused = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (socket) => {
    if (counters.connectionsOpen >= options.limits.connections) refuse(context, socket, refused);
    else accept(context, connections, socket);
  });
  const address = await listen(server, options.listen, "the data port");
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
    stop: async (graceMs = 0) => {
      context.isDraining = true;
      await close(server, connections, { counters, graceMs, clock: options.clock });
      context.pool.close();
      for (const socket of refused) socket.destroy();
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

/** A refused connection is still read for this long: closing it at once could reset it before the reply arrives. */
const refusedLingerMs = 1000;
/** Refused connections that are read at once; further ones are closed without a reply. */
const maxRefused = 1024;

function refuse(context: RelayContext, socket: Socket, refused: Set<Socket>): void {
  context.counters.connectionsTotal++;
  context.counters.connectionsRefusedTotal++;
  if (refused.size >= maxRefused) {
    socket.destroy();
    return;
  }
  refused.add(socket);
  const frame = { isHead: false, close: true, requestId: Buffer.alloc(0), detail: "", allow: [] };
  const reply = writeErrorReply(context, "connections_exceeded", frame);
  socket.on("error", () => undefined);
  socket.on("end", () => socket.destroy());
  socket.on("close", () => refused.delete(socket));
  socket.setTimeout(refusedLingerMs, () => socket.destroy());
  socket.resume();
  socket.end(Buffer.from(reply.view));
}

function sweepAll(context: RelayContext, connections: ReadonlySet<ClientConnection>): void {
  context.sweep();
  for (const connection of connections) connection.check(context.coarseMs);
}

/** Checks the condition now and as often as the sweep runs. */
function waitUntil(isTrue: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (!isTrue()) return;
      clearInterval(timer);
      resolve();
    };
    const timer = setInterval(check, sweepMs);
    check();
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
