/** KServe's agent: the sidecar that KServe puts in front of a model server. */
import { isExecutable } from "../host/find-program.ts";
import { goModuleVersion } from "./go-module-version.ts";
import { installed } from "./installed.ts";
import type { Peer } from "./peer.ts";
import { startPeer } from "./start-peer.ts";

/** KServe's agent as a peer, without its logger and batcher. */
export const kserveAgent: Peer = {
  name: "kserve-agent",
  title: "KServe agent",
  isCostly: true,
  isOutrider: false,
  isAvailable: () => isExecutable(installed.kserveAgent),
  remedy: "Install Go 1.25 or newer and run `npm run setup -- go-sidecars` (takes minutes).",
  version: () => goModuleVersion("kserve-agent", "github.com/kserve/kserve"),
  start: (upstreamPort) =>
    startPeer("kserve-agent", upstreamPort, {
      describe: ({ port }) => ({
        command: installed.kserveAgent,
        args: ["--port", String(port), "--component-port", String(upstreamPort)],
        env: {
          GOMAXPROCS: "1",
          SERVING_READINESS_PROBE: JSON.stringify({ tcpSocket: { host: "127.0.0.1", port: upstreamPort } }),
        },
      }),
    }),
};
