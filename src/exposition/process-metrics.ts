/** Metrics of the process itself: prom-client's, without those that cost too much in a relay. */
import { readdir, stat } from "node:fs/promises";
import heapSizeAndUsed from "prom-client/lib/metrics/heapSizeAndUsed.js";
import osMemoryHeap from "prom-client/lib/metrics/osMemoryHeap.js";
import processMaxFileDescriptors from "prom-client/lib/metrics/processMaxFileDescriptors.js";
import processStartTime from "prom-client/lib/metrics/processStartTime.js";
import version from "prom-client/lib/metrics/version.js";
import type Registry from "prom-client/lib/registry.js";

const parts = [processStartTime, osMemoryHeap, processMaxFileDescriptors, heapSizeAndUsed, version] as const;

/**
 * Registers the process metrics. Left out of prom-client's set: handles, requests and resources (a list of every socket
 * at every scrape), event loop lag (a timer every 10 ms) and garbage collection (an observer that runs after each one).
 */
export function registerProcessMetrics(registry: Registry): void {
  for (const metric of processorTimes) registry.registerMetric(metric);
  for (const register of parts) register(registry);
  registry.registerMetric(openFileDescriptors);
}

function processorTime(name: string, help: string, microseconds: (usage: NodeJS.CpuUsage) => number): Registry.Metric {
  const get: Registry.Metric["get"] = async () => {
    const values = [{ value: microseconds(process.cpuUsage()) / 1e6 }];
    return { name, help, type: "counter", values };
  };
  return { name, get };
}

// prom-client's own count from the moment they are registered, and load OpenTelemetry for exemplars that are not used.
const processorTimes: readonly Registry.Metric[] = [
  processorTime("process_cpu_user_seconds_total", "Total user CPU time spent in seconds.", ({ user }) => user),
  processorTime("process_cpu_system_seconds_total", "Total system CPU time spent in seconds.", ({ system }) => system),
  processorTime(
    "process_cpu_seconds_total",
    "Total user and system CPU time spent in seconds.",
    ({ user, system }) => user + system,
  ),
];

// prom-client reads the whole directory synchronously: 15 ms with 20,000 connections, in which no request moves.
const openFileDescriptors: Registry.Metric = {
  name: "process_open_fds",
  async get() {
    const count = await countOpenFileDescriptors();
    const values = count === undefined ? [] : [{ value: count }];
    return { name: "process_open_fds", help: "Number of open file descriptors.", type: "gauge", values };
  },
};

/** Since Linux 6.2 the size of the directory is the number of its entries; before, and elsewhere, they are listed. */
async function countOpenFileDescriptors(): Promise<number | undefined> {
  try {
    const { size } = await stat("/proc/self/fd");
    return size > 0 ? size : (await readdir("/proc/self/fd")).length;
  } catch {
    return undefined;
  }
}
