/** What one writes by hand today: a node:http server that forwards through an undici pool, bodies streamed. */
import { createServer } from "node:http";
import { listen, requirePackage, upstreamOrigin } from "./arguments.mjs";

const { Pool } = requirePackage("undici");
const pool = new Pool(upstreamOrigin, { connections: 256, pipelining: 1 });
const hopByHop = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

createServer((request, response) => {
  const hasBody = request.headers["content-length"] !== undefined || request.headers["transfer-encoding"] !== undefined;
  pool.stream(
    {
      path: request.url,
      method: request.method,
      headers: withoutHopByHop(request.headers),
      body: hasBody ? request : null,
      opaque: response,
    },
    ({ statusCode, headers, opaque }) => {
      opaque.writeHead(statusCode, withoutHopByHop(headers));
      return opaque;
    },
    (error) => {
      if (error === null || error === undefined) return;
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end();
    },
  );
}).listen(listen);

function withoutHopByHop(headers) {
  const kept = {};
  for (const name in headers) if (!hopByHop.has(name)) kept[name] = headers[name];
  return kept;
}
