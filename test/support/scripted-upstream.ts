import { createServer, type Server, type Socket } from "node:net";
import { latin1, printable } from "./latin1.ts";
import { readRequests, type StrictRequest } from "./strict/strict-reader.ts";
import { patienceMs, until } from "./until.ts";

/** The answer most tests need. */
export const plainReply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** What to do on a connection; each part may be left out. */
export interface UpstreamScript {
  /** Called for each complete request; `index` counts over all connections of this upstream. */
  readonly onRequest?: (connection: UpstreamConnection, request: StrictRequest, index: number) => void;
  /** Called for every piece of bytes, before `onRequest`. */
  readonly onData?: (connection: UpstreamConnection, piece: Buffer) => void;
  readonly onConnection?: (connection: UpstreamConnection) => void;
  /** False keeps no bytes (and sees no requests): for very large bodies. */
  readonly record?: boolean;
}

/** One accepted connection: what it received, and the means to answer. */
export class UpstreamConnection {
  readonly socket: Socket;
  readonly requests: StrictRequest[] = [];
  state: "open" | "ended" | "closed" = "open";
  /** True when the peer left with a reset. */
  wasReset = false;
  /** What the strict reader objects to in the bytes received; empty when nothing. */
  error = "";
  #pieces: Buffer[] = [];
  #consumed = 0;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on("end", () => (this.state = "ended"));
    socket.on("close", () => (this.state = "closed"));
    socket.on("error", () => (this.wasReset = true));
  }

  /** Everything received so far. */
  bytes(): Buffer {
    if (this.#pieces.length > 1) this.#pieces = [Buffer.concat(this.#pieces)];
    return this.#pieces[0] ?? Buffer.alloc(0);
  }

  /** Takes in a piece and returns the requests it completes. */
  take(piece: Buffer): readonly StrictRequest[] {
    this.#pieces.push(piece);
    if (this.error !== "") return [];
    const reading = readRequests(this.bytes(), this.#consumed);
    this.#consumed = reading.consumed;
    this.error = reading.error;
    this.requests.push(...reading.requests);
    return reading.requests;
  }

  write(bytes: string | Uint8Array): void {
    if (this.socket.writable) this.socket.write(typeof bytes === "string" ? latin1(bytes) : bytes);
  }

  /** Sends FIN. */
  finish(): void {
    this.socket.end();
  }

  /** Sends RST. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  /** Waits until the bytes received hold `text`. */
  async received(text: string): Promise<void> {
    await until(
      () => this.bytes().includes(latin1(text)),
      () => `${JSON.stringify(text)} among ${printable(this.bytes())}`,
    );
  }

  /** Waits until the peer has closed its side or left. */
  async left(limitMs: number = patienceMs): Promise<void> {
    await until(() => this.state !== "open", "the peer to leave the upstream connection", limitMs);
  }
}

/** A server that answers with exactly the bytes a test gives it and records exactly what each connection received. */
export interface ScriptedUpstream {
  readonly host: string;
  readonly port: number;
  /** In the order they were accepted, closed ones included. */
  readonly connections: readonly UpstreamConnection[];
  /** All complete requests in the order they came. */
  readonly requests: readonly StrictRequest[];
  /** Replaces the script for whatever happens next. */
  play(script: UpstreamScript | string): void;
  /** Waits for the `count`-th accepted connection. */
  connection(count?: number): Promise<UpstreamConnection>;
  /** Waits for the `count`-th complete request. */
  request(count?: number): Promise<StrictRequest>;
  /** Forgets connections and requests of the past; open connections stay open and go on being answered. */
  forget(): void;
  stop(): Promise<void>;
}

/** Starts on a free loopback port, or on a Unix socket when `path` is given. A string answers every request with these bytes. */
export async function startUpstream(
  first: UpstreamScript | string = plainReply,
  path?: string,
): Promise<ScriptedUpstream> {
  let script = asScript(first);
  let served = 0;
  let connections: UpstreamConnection[] = [];
  let requests: StrictRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const connection = new UpstreamConnection(socket);
    sockets.add(socket);
    connections.push(connection);
    socket.on("close", () => sockets.delete(socket));
    socket.on("end", () => setImmediate(() => socket.end()));
    socket.on("data", (piece: Buffer) => {
      script.onData?.(connection, piece);
      if (script.record === false) return;
      for (const request of connection.take(piece)) {
        requests.push(request);
        script.onRequest?.(connection, request, served++);
      }
    });
    script.onConnection?.(connection);
  });
  await new Promise<void>((resolve) =>
    path === undefined ? server.listen(0, "127.0.0.1", resolve) : server.listen(path, resolve),
  );
  return {
    ...addressOf(server),
    get connections() {
      return connections;
    },
    get requests() {
      return requests;
    },
    play: (next) => {
      script = asScript(next);
    },
    connection: async (count = 1) => {
      await until(() => connections.length >= count, `upstream connection ${count}`);
      return connections[count - 1] as UpstreamConnection;
    },
    request: async (count = 1) => {
      await until(
        () => requests.length >= count,
        () =>
          `upstream request ${count}; received ${connections.map((connection) => printable(connection.bytes())).join(" | ")}`,
      );
      return requests[count - 1] as StrictRequest;
    },
    forget: () => {
      connections = [];
      requests = [];
    },
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function asScript(script: UpstreamScript | string): UpstreamScript {
  return typeof script === "string" ? { onRequest: (connection) => connection.write(script) } : script;
}

function addressOf(server: Server): { readonly host: string; readonly port: number } {
  const address = server.address();
  return address !== null && typeof address === "object"
    ? { host: address.address, port: address.port }
    : { host: "", port: 0 };
}
