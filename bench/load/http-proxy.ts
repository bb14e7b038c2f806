/** The proxy that most Node tools are built on. */
import { nodePeer } from "./node-peer.ts";
import type { Peer } from "./peer.ts";

/** http-proxy as a peer. */
export const httpProxy: Peer = nodePeer("http-proxy", "http-proxy", "http-proxy");
