/** The admin port: probes, scrapes and control, on an address of its own. */
import type { TcpAddress } from "../text/address.ts";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { commandErrors, OutriderError, type CommandErrorCode } from "../errors.ts";
import { refusal } from "./access.ts";
import type { AdminErrorCode } from "./admin-errors.ts";
import type { AdminRequest } from "./admin-request.ts";
import { errorAnswer, type AdminAnswer } from "./answer.ts";
import { handlers } from "./handlers.ts";
import { AdminConnection, type AdminTimeouts, type RequestSide } from "./http-connection.ts";
import type { AdminPorts } from "./ports.ts";
import { BodyRoom, maxBodyBytes } from "./request-body.ts";
import { adminRoutes, matchRoute } from "./routes.ts";
import { createTokenCheck, type TokenCheck } from "./token-file.ts";

/** Options of {@link startAdmin}. */
export interface AdminOptions {
  /** Port 0 takes any free one. */
  readonly listen: TcpAddress;
  /** File with the bearer token; empty for none, then what acts is taken from loopback only. */
  readonly tokenFile: string;
  readonly ports: AdminPorts;
  /** Told of errors of the ports; never throws. */
  readonly onError: (error: unknown, path: string) => void;
  readonly wallMs: () => number;
  /** Most connections at once; more are closed as they come. Default 256. */
  readonly maxConnections?: number;
  readonly timeouts?: Partial<AdminTimeouts>;
  /** Most bytes that bodies on all connections take at once; more are refused. Default 32 MiB. */
  readonly bodyRoomBytes?: number;
}

/** A running admin port. */
export interface RunningAdmin {
  /** Where it listens, with the port that was chosen. */
  readonly address: TcpAddress;
  /** Closes the port: idle connections at once, others after their answer, at the latest after a second. */
  stop(): Promise<void>;
}

const defaultTimeouts: AdminTimeouts = {
  headerMs: 10_000,
  bodyMs: 30_000,
  idleMs: 75_000,
  writeMs: 30_000,
  lingerMs: 2000,
};

/** Longest that {@link RunningAdmin.stop} waits for answers on their way. */
const stopMs = 1000;

/** Listens; rejects with an {@link OutriderError} that names the address and what to do. */
export async function startAdmin(options: AdminOptions): Promise<RunningAdmin> {
  const respond = createResponder(options);
  const timeouts = { ...defaultTimeouts, ...options.timeouts };
  const connections = new Set<AdminConnection>();
  const room = new BodyRoom(options.bodyRoomBytes ?? 4 * maxBodyBytes);
  // A client that has sent all it has to say may still be answered.
  const server = createServer({ allowHalfOpen: true }, (socket: Socket) => {
    const connection = new AdminConnection(socket, { handle: respond, timeouts, room, wallMs: options.wallMs });
    connections.add(connection);
    socket.once("close", () => connections.delete(connection));
  });
  server.maxConnections = options.maxConnections ?? 256;
  const address = await listen(server, options.listen);
  return { address, stop: () => stop(server, connections) };
}

/** Makes the function from request to answer; what the ports throw becomes a 500. */
function createResponder(options: AdminOptions): (request: AdminRequest, client: RequestSide) => Promise<AdminAnswer> {
  const checkToken = createTokenCheck(options.tokenFile);
  return async (request, client) => {
    try {
      return await respond(request, client, { ports: options.ports, checkToken });
    } catch (error) {
      options.onError(error, request.path);
      return errorAnswer("internal_error");
    }
  };
}

async function respond(
  request: AdminRequest,
  client: RequestSide,
  { ports, checkToken }: { readonly ports: AdminPorts; readonly checkToken: TokenCheck },
): Promise<AdminAnswer> {
  const match = matchRoute(request.method, request.path);
  if (match.kind === "unknown") return errorAnswer("path_unknown", { nearest: match.nearest });
  if (match.kind === "wrong_method") {
    return errorAnswer("method_not_allowed", { allow: match.allow }, { Allow: match.allow.join(", ") });
  }
  const { access } = adminRoutes[match.name];
  const code = access === "open" ? "" : refusal(access, request, await checkToken(request.authorization));
  return code === "" ? handlers[match.name](ports, request, client) : errorAnswer(code, {}, refusalHeaders[code]);
}

const challenge = { "WWW-Authenticate": 'Bearer realm="outrider"' };

const refusalHeaders: Partial<Record<AdminErrorCode, Readonly<Record<string, string>>>> = {
  token_required: challenge,
  token_wrong: challenge,
  post_required: { Allow: "POST" },
};

const listenErrors: Readonly<Record<string, CommandErrorCode>> = {
  EADDRINUSE: "port_in_use",
  EACCES: "permission_denied",
  EADDRNOTAVAIL: "address_unavailable",
};

function listen(server: Server, place: AdminOptions["listen"]): Promise<RunningAdmin["address"]> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const code = listenErrors[error.code ?? ""] ?? "address_unavailable";
      const where = place.host.includes(":") ? `[${place.host}]:${place.port}` : `${place.host}:${place.port}`;
      const { meaning, remedy } = commandErrors[code];
      const message = `the admin port cannot listen on ${where}: ${meaning} ${remedy}`;
      reject(new OutriderError(code, message, { cause: error }));
    });
    server.listen({ host: place.host, port: place.port }, () => {
      const { address, port } = server.address() as AddressInfo;
      resolve({ host: address, port });
    });
  });
}

function stop(server: Server, connections: ReadonlySet<AdminConnection>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      for (const connection of connections) connection.destroy();
    }, stopMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    for (const connection of connections) connection.stop();
  });
}
