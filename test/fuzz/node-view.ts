import { createServer, type IncomingMessage } from "node:http";
import { Duplex } from "node:stream";
import { crc32 } from "node:zlib";

/** What Node's own HTTP parser makes of the bytes of one connection. */
export interface NodeView {
  /** Method, target, body length and checksum of each complete request. */
  readonly fingerprints: string[];
  /** Error code of the parser; empty when it is content. */
  readonly error: () => string;
  feed(piece: Buffer): void;
  end(): void;
}

interface Collector {
  readonly fingerprints: string[];
  error: string;
}

class FedSocket extends Duplex {
  readonly collector: Collector = { fingerprints: [], error: "" };
  override _read(): void {}
  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    done();
  }
  setTimeout(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
}

const collect = (request: IncomingMessage): void => {
  const { collector } = request.socket as unknown as FedSocket;
  const pieces: Buffer[] = [];
  request.on("data", (piece: Buffer) => pieces.push(piece));
  request.on("end", () => {
    const body = Buffer.concat(pieces);
    collector.fingerprints.push(`${request.method} ${request.url} ${body.length}:${crc32(body)}`);
  });
};

const server = createServer({ keepAlive: true }, (request, response) => {
  collect(request);
  request.on("end", () => response.end());
});
server.on("checkContinue", (request, response) => {
  collect(request);
  request.on("end", () => response.end());
});
server.on("checkExpectation", (request, response) => {
  collect(request);
  request.on("end", () => response.end());
});
server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
  (socket as unknown as FedSocket).collector.error ||= error.code ?? error.message;
});

/** A connection to Node's parser that lives in memory. */
export function feedToNode(): NodeView {
  const socket = new FedSocket();
  socket.on("error", () => {});
  server.emit("connection", socket);
  return {
    fingerprints: socket.collector.fingerprints,
    error: () => socket.collector.error,
    feed: (piece) => void socket.push(Buffer.from(piece)),
    end: () => void socket.push(null),
  };
}
