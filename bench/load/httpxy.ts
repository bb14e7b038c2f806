/** The successor of http-proxy. */
import { nodePeer } from "./node-peer.ts";
import type { Peer } from "./peer.ts";

/** httpxy as a peer. */
export const httpxy: Peer = nodePeer("httpxy", "httpxy", "httpxy");
