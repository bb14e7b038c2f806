/** Envoy: one worker thread, no access log. */
import { isExecutable } from "../host/find-program.ts";
import { runProgram } from "../host/program.ts";
import { installed } from "./installed.ts";
import type { Peer } from "./peer.ts";
import { startPeer } from "./start-peer.ts";

/** Envoy as a peer. */
export const envoy: Peer = {
  name: "envoy",
  title: "Envoy, 1 worker",
  isCostly: false,
  isOutrider: false,
  isAvailable: () => isExecutable(installed.envoy),
  remedy: "Run `npm run setup -- envoy`.",
  version: async () => {
    const described = await runProgram({ command: installed.envoy, args: ["--version"] });
    return /\/(\d+\.\d+\.\d+)\//.exec(described)?.[1] ?? "unknown";
  },
  start: (upstreamPort) =>
    startPeer("envoy", upstreamPort, {
      describe: ({ port, writeFile }) => ({
        command: installed.envoy,
        args: [...fixedArguments, "-c", writeFile("envoy.yaml", configuration(upstreamPort, port))],
      }),
    }),
};

const fixedArguments = ["--concurrency", "1", "--disable-hot-restart", "--log-level", "error"];
const http = "type.googleapis.com/envoy.extensions";

// Written as JSON, which is YAML too.
const configuration = (upstreamPort: number, port: number): string =>
  JSON.stringify({
    static_resources: {
      listeners: [
        {
          address: socketAddress(port),
          filter_chains: [
            {
              filters: [
                {
                  name: "envoy.filters.network.http_connection_manager",
                  typed_config: {
                    "@type": `${http}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
                    stat_prefix: "in",
                    stream_idle_timeout: "0s",
                    route_config: {
                      virtual_hosts: [
                        {
                          name: "all",
                          domains: ["*"],
                          routes: [{ match: { prefix: "/" }, route: { cluster: "model", timeout: "0s" } }],
                        },
                      ],
                    },
                    http_filters: [
                      {
                        name: "envoy.filters.http.router",
                        typed_config: { "@type": `${http}.filters.http.router.v3.Router` },
                      },
                    ],
                  },
                },
              ],
            },
          ],
        },
      ],
      clusters: [
        {
          name: "model",
          type: "STATIC",
          load_assignment: {
            cluster_name: "model",
            endpoints: [{ lb_endpoints: [{ endpoint: { address: socketAddress(upstreamPort) } }] }],
          },
        },
      ],
    },
  });

const socketAddress = (port: number): unknown => ({ socket_address: { address: "127.0.0.1", port_value: port } });
