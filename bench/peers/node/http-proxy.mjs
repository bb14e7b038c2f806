/** http-proxy with a keep-alive agent. */
import { Agent, createServer } from "node:http";
import { listen, requirePackage, upstreamOrigin } from "./arguments.mjs";

const httpProxy = requirePackage("http-proxy");
const proxy = httpProxy.createProxyServer({
  target: upstreamOrigin,
  agent: new Agent({ keepAlive: true, maxSockets: 256, maxFreeSockets: 256 }),
});
proxy.on("error", (_error, _request, response) => {
  if (response.headersSent) response.destroy();
  else response.writeHead(502).end();
});
createServer((request, response) => proxy.web(request, response)).listen(listen);
