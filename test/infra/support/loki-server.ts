import { createServer } from "node:net";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { find } from "../../../scripts/components/loki.mjs";
import { createContext } from "../../../scripts/setup/components.mjs";
import { metricValue } from "../../support/metric-value.ts";
import { type ServerProcess, startServer } from "../../e2e/support/server-process.ts";
import { untilAsync } from "../../support/until.ts";
import type { LokiLimits } from "../../support/loki/loki-limits.ts";
import { lokiConfig, lokiOverrides } from "./loki-config.ts";

/** A real Loki, which may go and come back on the same folder and address. */
export interface LokiServer {
  /** Its address without a path. */
  readonly url: string;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again after {@link kill} or {@link stop}, and waits until it takes and gives logs. */
  restart(): Promise<void>;
  /** Lets it end by itself. */
  stop(): Promise<void>;
  /** Has what is in memory written to chunks; resolves when some are and none waits. There must be something in memory. */
  flush(): Promise<void>;
  /** The sum of the samples of one of its own metrics with these labels; 0 when there is none. */
  metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number>;
}

/** How to start it. */
export interface LokiPlan {
  /** As {@link findLoki} gave it. */
  readonly program: string;
  /** Its log, its configuration and its data go there. */
  readonly folder: string;
  /** Limits of single tenants, on top of those that are usual in tests. */
  readonly tenants?: Readonly<Record<string, LokiLimits>>;
}

/** How set-up installs it. */
export const lokiSetUp = "npm run setup -- infra";

/** The program, or undefined where set-up has not built it. */
export function findLoki(): string | undefined {
  return find(createContext());
}

/** Starts a Loki on ports of its own. */
export async function startLoki({ program, folder, tenants = {} }: LokiPlan): Promise<LokiServer> {
  const [httpPort = 0, grpcPort = 0] = await fixedPorts(2);
  const data = path.join(folder, "loki");
  mkdirSync(data, { recursive: true });
  const config = path.join(data, "loki.yaml");
  writeFileSync(config, lokiConfig({ httpPort, grpcPort, folder: data }));
  writeFileSync(path.join(data, "overrides.yaml"), lokiOverrides(tenants));
  const url = `http://127.0.0.1:${httpPort}`;
  const start = (): Promise<ServerProcess> =>
    startServer({
      name: "loki",
      command: program,
      args: [`-config.file=${config}`, "-target=all"],
      folder,
      isReady: async () => (await fetch(`${url}/ready`)).ok,
    });
  let server = await start();
  const metric = async (name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> =>
    metricValue(await (await fetch(`${url}/metrics`)).text(), name, labels) ?? 0;
  return {
    url,
    kill: () => {
      server.signal("SIGKILL");
      return server.stop();
    },
    restart: async () => {
      server = await start();
    },
    stop: () => server.stop(),
    flush: () => flush(url, metric),
    metric,
  };
}

/** Loki answers at once and writes later. */
async function flush(url: string, metric: LokiServer["metric"]): Promise<void> {
  const flushed = "loki_ingester_chunks_flushed_total";
  const before = await metric(flushed);
  const response = await fetch(`${url}/flush`, { method: "POST" });
  if (!response.ok) throw new Error(`flush: ${response.status} ${await response.text()}`);
  const isDone = async (): Promise<boolean> =>
    (await metric(flushed)) > before && (await metric("loki_ingester_flush_queue_length")) === 0;
  await untilAsync(isDone, "chunks to be written");
}

/** Below the range from which Linux takes the ports of outgoing connections. */
const lowest = 20_000;
const highest = 32_000;

/**
 * As many loopback ports, all different, none of them in use, and none that an outgoing connection may take: a server
 * that is down for a while finds its port free when it comes back, and a client that connects meanwhile cannot connect to
 * itself. Another server may take one before it is used: start again then.
 */
async function fixedPorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
