/** Knative's queue-proxy: the sidecar of every Knative service, and of KServe's serverless mode. */
import { isExecutable } from "../host/find-program.ts";
import { freePort } from "../host/ports.ts";
import { goModuleVersion } from "./go-module-version.ts";
import { installed } from "./installed.ts";
import type { Peer } from "./peer.ts";
import { startPeer } from "./start-peer.ts";

/** Knative's queue-proxy as a peer: no concurrency limit, metrics for Prometheus on, requests not logged. */
export const knativeQueueProxy: Peer = {
  name: "knative-queue-proxy",
  title: "Knative queue-proxy",
  isCostly: true,
  isOutrider: false,
  isAvailable: () => isExecutable(installed.knativeQueueProxy),
  remedy: "Install Go 1.25 or newer and run `npm run setup -- go-sidecars` (takes minutes).",
  version: () => goModuleVersion("knative-queue-proxy", "knative.dev/serving"),
  start: (upstreamPort) =>
    startPeer("knative-queue-proxy", upstreamPort, {
      describe: async ({ port }) => ({
        command: installed.knativeQueueProxy,
        args: [],
        env: {
          GOMAXPROCS: "1",
          CONTAINER_CONCURRENCY: "0",
          QUEUE_SERVING_PORT: String(port),
          QUEUE_SERVING_TLS_PORT: String(await freePort()),
          USER_PORT: String(upstreamPort),
          REVISION_TIMEOUT_SECONDS: "3600",
          SERVING_NAMESPACE: "bench",
          SERVING_CONFIGURATION: "bench",
          SERVING_REVISION: "bench",
          SERVING_POD: "bench",
          SERVING_POD_IP: "127.0.0.1",
          SERVING_LOGGING_LEVEL: "error",
          SERVING_LOGGING_CONFIG: JSON.stringify({
            level: "error",
            encoding: "json",
            outputPaths: ["stdout"],
            errorOutputPaths: ["stderr"],
            encoderConfig: {},
          }),
          SERVING_REQUEST_METRICS_BACKEND: "prometheus",
          SERVING_READINESS_PROBE: JSON.stringify({ tcpSocket: { host: "127.0.0.1", port: upstreamPort } }),
        },
      }),
    }),
};
