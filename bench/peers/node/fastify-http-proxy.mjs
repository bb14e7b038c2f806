/** @fastify/http-proxy, which forwards through undici; no logger, no body limit. */
import { listen, requirePackage, upstreamOrigin } from "./arguments.mjs";

const fastify = requirePackage("fastify");
const httpProxy = requirePackage("@fastify/http-proxy");
const server = fastify({ logger: false, bodyLimit: 2 ** 31 });
server.register(httpProxy, { upstream: upstreamOrigin, undici: { connections: 256, pipelining: 1 } });
await server.listen(listen);
