/**
 * The model server of the bench: reads a request to its end, then answers at once with a small prediction (64 different
 * ones in turn, all as long), or with as many bytes as the path asks for. Written on sockets so that it costs less than
 * the cheapest proxy in front of it.
 *
 *   any method, any path      200 with a JSON prediction
 *   GET /bytes/N              200 with N bytes
 *
 * Usage: node bench/upstream/upstream.ts    prints its port on stdout, ends on SIGTERM
 */
import { createServer, type AddressInfo, type Socket } from "node:net";

const headEnd = Buffer.from("\r\n\r\n");
const predictions = Array.from(
  { length: 64 },
  (_, turn) => `{"predictions":[0.${20_000 + ((turn * 7919) % 64) * 937}]}`,
);
const block = Buffer.alloc(256 * 1024, "x");

/** What one connection is in the middle of. */
interface Connection {
  readonly socket: Socket;
  /** Bytes of a request head that has not ended yet. */
  partialHead: Buffer | undefined;
  bodyBytesLeft: number;
  /** Head of the request whose body is being read. */
  head: string;
  /** Response bytes of `/bytes/N` that are not written yet. */
  responseBytesLeft: number;
}

let predictionResponses = renderPredictions();
let turn = 0;
setInterval(() => {
  predictionResponses = renderPredictions();
}, 1000).unref();

const server = createServer({ noDelay: true }, (socket) => {
  const connection: Connection = {
    socket,
    partialHead: undefined,
    bodyBytesLeft: 0,
    head: "",
    responseBytesLeft: 0,
  };
  socket.on("data", (bytes: Buffer) => consume(connection, bytes));
  socket.on("drain", () => writeBlocks(connection));
  socket.on("error", () => socket.destroy());
});
server.listen(0, "127.0.0.1", 4096, () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
process.once("SIGTERM", () => process.exit(0));

function consume(connection: Connection, bytes: Buffer): void {
  let rest = bytes;
  while (rest.length > 0) {
    if (connection.bodyBytesLeft > 0) {
      const taken = Math.min(connection.bodyBytesLeft, rest.length);
      connection.bodyBytesLeft -= taken;
      rest = rest.subarray(taken);
      if (connection.bodyBytesLeft === 0) respond(connection);
    } else {
      rest = readHead(connection, rest);
    }
  }
}

/** Reads a request head if it is all there; gives the bytes after it. */
function readHead(connection: Connection, bytes: Buffer): Buffer {
  const all = connection.partialHead === undefined ? bytes : Buffer.concat([connection.partialHead, bytes]);
  const end = all.indexOf(headEnd);
  if (end < 0) {
    connection.partialHead = all;
    return all.subarray(all.length);
  }
  connection.partialHead = undefined;
  connection.head = all.toString("latin1", 0, end + 2);
  if (/\r\ntransfer-encoding:/i.test(connection.head)) {
    // No peer turns a body of known length into chunks; if one did, the bench would measure something else.
    connection.socket.end("HTTP/1.1 501 Not Implemented\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    return all.subarray(all.length);
  }
  connection.bodyBytesLeft = Number(/\r\ncontent-length: *(\d+)/i.exec(connection.head)?.[1] ?? 0);
  if (connection.bodyBytesLeft === 0) respond(connection);
  return all.subarray(end + headEnd.length);
}

function respond(connection: Connection): void {
  const size = /^GET \/bytes\/(\d+)/.exec(connection.head)?.[1];
  if (size === undefined) {
    turn = (turn + 1) % predictionResponses.length;
    connection.socket.write(predictionResponses[turn] ?? "", "latin1");
    closeIfAsked(connection);
  } else {
    connection.responseBytesLeft = Number(size);
    connection.socket.write(
      `HTTP/1.1 200 OK\r\nServer: bench\r\nDate: ${new Date().toUTCString()}\r\n` +
        `Content-Type: application/octet-stream\r\nContent-Length: ${size}\r\n\r\n`,
    );
    writeBlocks(connection);
  }
}

function writeBlocks(connection: Connection): void {
  while (connection.responseBytesLeft > 0) {
    const bytes = connection.responseBytesLeft < block.length ? block.subarray(0, connection.responseBytesLeft) : block;
    connection.responseBytesLeft -= bytes.length;
    if (!connection.socket.write(bytes)) break;
  }
  if (connection.responseBytesLeft === 0) closeIfAsked(connection);
}

function closeIfAsked(connection: Connection): void {
  if (/\r\nconnection: *close\r\n/i.test(connection.head)) connection.socket.end();
}

function renderPredictions(): readonly string[] {
  const date = new Date().toUTCString();
  return predictions.map(
    (prediction) =>
      `HTTP/1.1 200 OK\r\nServer: bench\r\nDate: ${date}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${prediction.length}\r\n\r\n${prediction}`,
  );
}
