/**
 * Loki as far as pushes go: takes them, or holds them without an answer, or refuses them for now. A stalled one that is
 * well again carries on with what it holds.
 *
 *   POST /loki/api/v1/push   204 when it is well
 *   PUT /mode/MODE           `well`, `stalled` (no answer), `failing` (503)
 *   GET /counts              what it has taken
 *
 * Usage: node bench/predictions/loki.ts    prints its port on stdout, ends on SIGTERM
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import type { LokiCounts, LokiMode } from "./start-loki.ts";

interface Push {
  readonly streams: readonly { readonly values: readonly (readonly [timeNs: string, line: string])[] }[];
}

let mode: LokiMode = "well";
const held: (() => void)[] = [];
let pushes = 0;
let entries = 0;
/** No two records of a process share a time. */
const times = new Set<string>();

const server = createServer((request, response) => {
  const url = request.url ?? "/";
  if (url.startsWith("/mode/")) change(url.slice("/mode/".length) as LokiMode, response);
  else if (url === "/counts") count(response);
  else receive(request, response);
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
process.once("SIGTERM", () => process.exit(0));

function change(next: LokiMode, response: ServerResponse): void {
  mode = next;
  response.end();
  if (mode === "stalled") return;
  for (const goOn of held.splice(0)) goOn();
}

function count(response: ServerResponse): void {
  const counts: LokiCounts = { pushes, entries, distinct: times.size };
  response.end(JSON.stringify(counts));
}

function receive(request: IncomingMessage, response: ServerResponse): void {
  if (mode === "stalled") held.push(() => receive(request, response));
  else if (mode === "failing") response.writeHead(503).end("the ingester is not ready");
  else void take(request, response);
}

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    // The client has disconnected meanwhile.
    return;
  }
  const { streams } = JSON.parse(String(gunzipSync(Buffer.concat(chunks)))) as Push;
  pushes++;
  for (const { values } of streams) {
    entries += values.length;
    for (const [timeNs] of values) times.add(timeNs);
  }
  response.writeHead(204).end();
}
