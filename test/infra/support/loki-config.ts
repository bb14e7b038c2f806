import { type LokiLimits, usualLokiLimits } from "../../support/loki/loki-limits.ts";

/** What differs from test to test. */
export interface LokiConfigPlan {
  readonly httpPort: number;
  readonly grpcPort: number;
  /** Everything it writes goes there. */
  readonly folder: string;
}

/** Limits of single tenants, as the file that Loki reads beside its configuration. JSON is YAML. */
export function lokiOverrides(tenants: Readonly<Record<string, LokiLimits>>): string {
  return JSON.stringify({ overrides: tenants });
}

/**
 * A Loki of one process on the loopback address that keeps everything in its folder, knows tenants apart, talks to
 * nobody, and is ready within a second.
 */
export function lokiConfig({ httpPort, grpcPort, folder }: LokiConfigPlan): string {
  const grpcAddress = `127.0.0.1:${grpcPort}`;
  return JSON.stringify({
    auth_enabled: true,
    analytics: { reporting_enabled: false },
    server: {
      http_listen_address: "127.0.0.1",
      http_listen_port: httpPort,
      grpc_listen_address: "127.0.0.1",
      grpc_listen_port: grpcPort,
      log_level: "warn",
    },
    common: {
      instance_addr: "127.0.0.1",
      path_prefix: folder,
      replication_factor: 1,
      ring: { kvstore: { store: "inmemory" }, instance_interface_names: ["lo"] },
      storage: { filesystem: { chunks_directory: `${folder}/chunks`, rules_directory: `${folder}/rules` } },
    },
    // With addresses instead of a ring, and looked up often, the parts find each other at once and not after 10 s.
    frontend: { scheduler_address: grpcAddress, scheduler_dns_lookup_period: "100ms" },
    frontend_worker: { scheduler_address: grpcAddress, dns_lookup_duration: "100ms" },
    schema_config: {
      configs: [
        {
          from: "2024-01-01",
          store: "tsdb",
          object_store: "filesystem",
          schema: "v13",
          index: { prefix: "index_", period: "24h" },
        },
      ],
    },
    ingester: {
      // Half of it is how far behind the newest entry of its stream an entry may be.
      max_chunk_age: "10m",
      // A chunk that was written leaves memory so soon.
      flush_check_period: "1s",
      wal: { enabled: true, dir: `${folder}/wal` },
      lifecycler: { final_sleep: "0s", min_ready_duration: "0s" },
    },
    limits_config: { reject_old_samples: true, ...usualLokiLimits },
    runtime_config: { file: `${folder}/overrides.yaml`, period: "1s" },
  });
}
