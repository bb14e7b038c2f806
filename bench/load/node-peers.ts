/** The proxies from npm: they differ only in their program and in the package whose version counts. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installed } from "./installed.ts";
import type { Peer } from "./peer.ts";
import { startPeer } from "./start-peer.ts";

/** A hand-written proxy: node:http in front, an undici pool behind. */
export const nodeUndici: Peer = nodePeer("node-undici", "node:http + undici", "undici");

/** The proxy that most Node tools are built on. */
export const httpProxy: Peer = nodePeer("http-proxy", "http-proxy", "http-proxy");

/** The successor of http-proxy. */
export const httpxy: Peer = nodePeer("httpxy", "httpxy", "httpxy");

/** Fastify's proxy plugin. */
export const fastifyHttpProxy: Peer = nodePeer("fastify-http-proxy", "@fastify/http-proxy", "@fastify/http-proxy");

/** A peer that is `bench/peers/node/NAME.mjs`, run by the Node that runs the bench. */
function nodePeer(name: string, title: string, packageName: string): Peer {
  const program = fileURLToPath(new URL(`../peers/node/${name}.mjs`, import.meta.url));
  const packageFile = join(installed.npmPeers, "node_modules", packageName, "package.json");
  return {
    name,
    title,
    isCostly: false,
    isOutrider: false,
    isAvailable: () => existsSync(packageFile),
    remedy: "Run `npm run setup -- npm-peers`.",
    version: () => {
      const { version } = JSON.parse(readFileSync(packageFile, "utf8")) as { version: string };
      return Promise.resolve(version);
    },
    start: (upstreamPort) =>
      startPeer(name, upstreamPort, {
        describe: ({ port }) => ({
          command: process.execPath,
          args: [program, String(upstreamPort), String(port), installed.npmPeers],
          env: { NODE_ENV: "production" },
        }),
      }),
  };
}
