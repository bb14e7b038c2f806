/** httputil.ReverseProxy of Go's standard library, on one processor as the other peers. */
import { isExecutable } from "../host/find-program.ts";
import { runProgram } from "../host/program.ts";
import { installed } from "./installed.ts";
import type { Peer } from "./peer.ts";
import { startPeer } from "./start-peer.ts";

/** Go's reverse proxy as a peer. */
export const goReverseProxy: Peer = {
  name: "go-reverse-proxy",
  title: "Go httputil.ReverseProxy",
  isCostly: false,
  isOutrider: false,
  isAvailable: () => isExecutable(installed.goReverseProxy),
  remedy: "Install Go 1.25 or newer and run `npm run setup -- go-peers`.",
  version: async () => {
    const described = await runProgram({ command: "go", args: ["version", installed.goReverseProxy] });
    return /go(\d[\d.]*)/.exec(described.slice(described.lastIndexOf(":")))?.[1] ?? "unknown";
  },
  start: (upstreamPort) =>
    startPeer("go-reverse-proxy", upstreamPort, {
      describe: ({ port }) => ({
        command: installed.goReverseProxy,
        args: [`127.0.0.1:${port}`, `http://127.0.0.1:${upstreamPort}`],
        env: { GOMAXPROCS: "1" },
      }),
    }),
};
