/** A hand-written proxy: node:http in front, an undici pool behind. */
import { nodePeer } from "./node-peer.ts";
import type { Peer } from "./peer.ts";

/** node:http + undici as a peer. */
export const nodeUndici: Peer = nodePeer("node-undici", "node:http + undici", "undici");
