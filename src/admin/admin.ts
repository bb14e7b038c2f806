/** The admin API: probes, metrics and control, on its own port. */
import { createServer, type Server, type Socket } from "node:net";
import type { TcpAddress } from "../text/address.ts";
import { listen } from "../listen.ts";
import { refusal } from "./access.ts";
import type { AdminErrorCode } from "./admin-errors.ts";
import type { AdminRequest } from "./admin-request.ts";
import { errorAnswer, type AdminAnswer } from "./answer.ts";
import { AdminConnection, type AdminTimeouts, type RequestClient } from "./http-connection.ts";
import type { AdminPorts } from "./ports.ts";
import { BodyMemory, maxBodyBytes } from "./request-body.ts";
import { matchRoute } from "./match-route.ts";
import { createTokenCheck, type TokenCheck } from "./token-file.ts";

/** Options of {@link startAdmin}. */
export interface AdminOptions {
  /** Port 0 takes any free port. */
  readonly listen: TcpAddress;
  /** File with the bearer token. Empty: no token, and everything but `open` routes is allowed from loopback only. */
  readonly tokenFile: string;
  readonly ports: AdminPorts;
  /** Called with what a port function threw, after which the client gets a 500. Must not throw. */
  readonly onError: (error: unknown, path: string) => void;
  readonly wallMs: () => number;
  /** Maximum connections; further ones are closed at once. Default 256. */
  readonly maxConnections?: number;
  readonly timeouts?: Partial<AdminTimeouts>;
  /** Maximum memory for request bodies of all connections together; a body beyond it gets a 503. Default 32 MiB. */
  readonly bodyMemoryBytes?: number;
}

/** The admin port, while it accepts connections. */
export interface RunningAdmin {
  /** The address it listens on, with the actual port when port 0 was configured. */
  readonly address: TcpAddress;
  /** Stops listening. Idle connections close at once, others after their response, and all within a second. */
  stop(): Promise<void>;
}

const defaultTimeouts: AdminTimeouts = {
  headerMs: 10_000,
  bodyMs: 30_000,
  idleMs: 75_000,
  writeMs: 30_000,
  lingerMs: 2000,
};

/** Maximum time that {@link RunningAdmin.stop} waits for responses in progress. */
const stopMs = 1000;

/** Starts listening. Rejects with an {@link OutriderError} that names the address and the remedy. */
export async function startAdmin(options: AdminOptions): Promise<RunningAdmin> {
  const respond = createResponder(options);
  const timeouts = { ...defaultTimeouts, ...options.timeouts };
  const connections = new Set<AdminConnection>();
  const bodyMemory = new BodyMemory(options.bodyMemoryBytes ?? 4 * maxBodyBytes);
  // A client may close its sending side and still wait for the response.
  const server = createServer({ allowHalfOpen: true }, (socket: Socket) => {
    const connection = new AdminConnection(socket, { handle: respond, timeouts, bodyMemory, wallMs: options.wallMs });
    connections.add(connection);
    socket.once("close", () => connections.delete(connection));
  });
  server.maxConnections = options.maxConnections ?? 256;
  const address = await listen(server, options.listen, "the admin port");
  return { address, stop: () => stop(server, connections) };
}

/** The function from request to response. An exception of a port becomes a 500. */
function createResponder(
  options: AdminOptions,
): (request: AdminRequest, client: RequestClient) => Promise<AdminAnswer> {
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
  client: RequestClient,
  { ports, checkToken }: { readonly ports: AdminPorts; readonly checkToken: TokenCheck },
): Promise<AdminAnswer> {
  const match = matchRoute(request.method, request.path);
  if (match.kind === "unknown") return errorAnswer("path_unknown", { nearest: match.nearest });
  if (match.kind === "wrong_method") {
    return errorAnswer("method_not_allowed", { allow: match.allow }, { Allow: match.allow.join(", ") });
  }
  const { access, handle } = match.route;
  const code = access === "open" ? "" : refusal(access, request, await checkToken(request.authorization));
  return code === "" ? handle(ports, request, client) : errorAnswer(code, {}, refusalHeaders[code]);
}

const challenge = { "WWW-Authenticate": 'Bearer realm="outrider"' };

const refusalHeaders: Partial<Record<AdminErrorCode, Readonly<Record<string, string>>>> = {
  token_required: challenge,
  token_wrong: challenge,
  post_required: { Allow: "POST" },
};

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
