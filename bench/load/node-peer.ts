/** The proxies from npm differ only in their program and the package whose version counts. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installed } from "./installed.ts";
import type { Peer } from "./peer.ts";
import { startPeer } from "./start-peer.ts";

/** A peer that is `bench/peers/node/NAME.mjs`, run by the Node that runs the bench. */
export function nodePeer(name: string, title: string, packageName: string): Peer {
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
