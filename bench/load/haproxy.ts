/** haproxy: one thread, upstream connections shared by all clients, no log. */
import { findProgram } from "../host/find-program.ts";
import { runProgram } from "../host/program.ts";
import type { Peer } from "./peer.ts";
import { startPeer } from "./start-peer.ts";

/** haproxy as a peer. */
export const haproxy: Peer = {
  name: "haproxy",
  title: "haproxy, 1 thread",
  isCostly: false,
  isOutrider: false,
  isAvailable: () => findProgram("haproxy") !== undefined,
  remedy: "Install the system package `haproxy`.",
  version: async () => {
    const described = await runProgram({ command: findProgram("haproxy") ?? "", args: ["-v"] });
    return /version (\d[\d.]*)/.exec(described)?.[1] ?? "unknown";
  },
  start: (upstreamPort) =>
    startPeer("haproxy", upstreamPort, {
      describe: ({ port, writeFile }) => ({
        command: findProgram("haproxy") ?? "haproxy",
        args: ["-db", "-q", "-f", writeFile("haproxy.cfg", configuration(upstreamPort, port))],
      }),
    }),
};

const configuration = (upstreamPort: number, port: number): string => `
global
  nbthread 1
  maxconn 9500
defaults
  mode http
  timeout connect 5s
  timeout client 3600s
  timeout server 3600s
  timeout http-keep-alive 3600s
  http-reuse always
frontend clients
  bind 127.0.0.1:${port}
  default_backend model
backend model
  server model 127.0.0.1:${upstreamPort} pool-max-conn 512
`;
