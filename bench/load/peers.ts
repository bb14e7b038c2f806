/** Every proxy that the bench knows, in the order of the tables. nginx is first: it is what ratios are taken to. */
import { envoy } from "./envoy.ts";
import { goReverseProxy } from "./go-reverse-proxy.ts";
import { haproxy } from "./haproxy.ts";
import { knativeQueueProxy } from "./knative-queue-proxy.ts";
import { kserveAgent } from "./kserve-agent.ts";
import { nginx } from "./nginx.ts";
import { fastifyHttpProxy, httpProxy, httpxy, nodeUndici } from "./node-peers.ts";
import { outriderBare } from "./outrider-bare.ts";
import { outriderDefaults } from "./outrider-defaults.ts";
import { outriderEverything } from "./outrider-everything.ts";
import { outriderLogging } from "./outrider-logging.ts";
import type { Peer } from "./peer.ts";
import type { OutriderPeer } from "./outrider.ts";

/** Each way of running Outrider; `--before` adds the same ways with another build. */
export const outriderPeers: readonly OutriderPeer[] = [
  outriderBare,
  outriderDefaults,
  outriderLogging,
  outriderEverything,
];

/** See above. */
export const peers: readonly Peer[] = [
  nginx,
  haproxy,
  ...outriderPeers,
  envoy,
  goReverseProxy,
  kserveAgent,
  knativeQueueProxy,
  nodeUndici,
  httpxy,
  httpProxy,
  fastifyHttpProxy,
];
