/** httpxy with a keep-alive agent. */
import { Agent, createServer } from "node:http";
import { listen, requirePackage, upstreamOrigin } from "./arguments.mjs";

const { createProxyServer } = requirePackage("httpxy");
const proxy = createProxyServer({
  target: upstreamOrigin,
  agent: new Agent({ keepAlive: true, maxSockets: 256, maxFreeSockets: 256 }),
});
createServer((request, response) => {
  proxy.web(request, response).catch(() => {
    if (response.headersSent) response.destroy();
    else response.writeHead(502).end();
  });
}).listen(listen);
