/** Fastify's proxy plugin. */
import { nodePeer } from "./node-peer.ts";
import type { Peer } from "./peer.ts";

/** @fastify/http-proxy as a peer. */
export const fastifyHttpProxy: Peer = nodePeer("fastify-http-proxy", "@fastify/http-proxy", "@fastify/http-proxy");
