/** An admin port on loopback with ports that answer at once, and the ways in which tests call it. */
import { once } from "node:events";
import { request, type Agent, type IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { startAdmin, type AdminOptions, type RunningAdmin } from "../../../src/admin/admin.ts";
import type { AdminPorts } from "../../../src/admin/ports.ts";

/** An answer as node:http reads it. */
export interface AdminCallAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Ports of a healthy sidecar; `over` replaces some. */
export const somePorts = (over: Partial<AdminPorts> = {}): AdminPorts => ({
  metrics: async () => ({ contentType: "text/plain; version=0.0.4; charset=utf-8", text: "a_total 1\n" }),
  readiness: () => ({ isReady: true, reason: "the model server is ready", details: { protocol: "mlflow" } }),
  upstreamLiveness: async () => ({ isLive: false, reason: "connection refused" }),
  drain: () => ({ isDraining: true, inFlight: 2 }),
  waitForDrain: async () => ({ isDrained: true, inFlight: 0 }),
  configView: () => ({ upstream: "http://127.0.0.1:5000" }),
  version: () => ({ version: "0.1.0" }),
  hdr: async () => ({ histograms: [] }),
  labels: async () => ({ status: 202, body: { taken: 1 } }),
  accuracy: () => ({ models: [] }),
  drift: () => ({ models: [] }),
  fleet: async () => ({ replicas: [] }),
  ...over,
});

const running: RunningAdmin[] = [];
const sockets: Socket[] = [];

/** Stops what was started and closes what was opened; for `afterEach`. */
export async function stopAdmins(): Promise<void> {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(running.splice(0).map((admin) => admin.stop()));
}

/** A bare connection, closed after the test. */
export function open(admin: RunningAdmin): Socket {
  const socket = connect(admin.address.port, admin.address.host);
  sockets.push(socket);
  // A reset is for the test to expect, not to crash on.
  socket.on("error", () => {});
  return socket;
}

/** Starts an admin port; {@link stopAdmins} stops it. */
export async function start(over: Partial<AdminOptions> = {}): Promise<RunningAdmin & { readonly errors: unknown[] }> {
  const errors: unknown[] = [];
  const admin = await startAdmin({
    listen: { host: "127.0.0.1", port: 0 },
    tokenFile: "",
    ports: somePorts(),
    onError: (error) => void errors.push(error),
    wallMs: () => 1_700_000_000_000,
    ...over,
  });
  running.push(admin);
  return { ...admin, errors };
}

/** How {@link call} calls. */
export interface CallOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly host?: string;
  readonly agent?: Agent;
}

/** Calls as an ordinary client does. */
export async function call(admin: RunningAdmin, path: string, options: CallOptions = {}): Promise<AdminCallAnswer> {
  const { method = "GET", headers = {}, host = admin.address.host, agent = false } = options;
  const outgoing = request({ host, port: admin.address.port, path, method, headers, agent });
  outgoing.end();
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  let body = "";
  for await (const part of incoming.setEncoding("utf8")) body += String(part);
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body };
}

/** Writes bytes and reads all that comes until the server ends. */
export async function raw(
  admin: RunningAdmin,
  bytes: string,
  options: { readonly end?: boolean } = {},
): Promise<string> {
  const socket = open(admin);
  let text = "";
  socket.setEncoding("latin1").on("data", (part) => (text += String(part)));
  socket.write(bytes, "latin1");
  if (options.end === true) socket.end();
  await once(socket, "end");
  socket.end();
  return text;
}

/** The body as an object. */
export const json = (answer: AdminCallAnswer): Record<string, unknown> =>
  JSON.parse(answer.body) as Record<string, unknown>;
/** The error in the body. */
export const errorOf = (answer: AdminCallAnswer): Record<string, unknown> =>
  json(answer)["error"] as Record<string, unknown>;
