/**
 * Asks for a large response, does not read it for a while, then reads it to its end.
 *
 * Usage: node bench/clients/stalled-reader.ts '{"port":8080,"bytes":314572800,"stallSeconds":5}'
 */
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

interface Options {
  readonly port: number;
  readonly bytes: number;
  readonly stallSeconds: number;
}

const options = JSON.parse(process.argv[2] ?? "{}") as Options;
const socket = connect({ host: "127.0.0.1", port: options.port });
let received = 0;
let headBytes = -1;
let isBroken = false;

socket.on("error", () => {
  isBroken = true;
  socket.destroy();
});
socket.write(`GET /bytes/${options.bytes} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
await Promise.race([once(socket, "readable"), once(socket, "close")]);
// Nothing is read while no one listens for data: the kernel's buffers fill, then the proxy feels it.
await delay(options.stallSeconds * 1000);
socket.on("data", (bytes: Buffer) => {
  if (headBytes < 0) headBytes = bytes.indexOf("\r\n\r\n") + 4;
  received += bytes.length;
});
if (!socket.closed) await once(socket, "close");
console.log(JSON.stringify({ isComplete: !isBroken && received === headBytes + options.bytes, received }));
