import type { BenchResults } from "../../bench/report/results.ts";
import type { ClosedLoopSample } from "../../bench/scenarios/closed-loop.ts";
import type { Features } from "../../bench/scenarios/features.ts";
import type { FileSinkSample } from "../../bench/scenarios/file-sink.ts";
import type { LogCostSample } from "../../bench/scenarios/log-cost.ts";
import type { OpenLoopSample } from "../../bench/scenarios/open-loop.ts";
import type { LokiAccounts, StalledLokiSample } from "../../bench/scenarios/stalled-loki.ts";

const closed = (cpuUsPerRequest: number): ClosedLoopSample => ({
  requestsPerSecond: 1e6 / cpuUsPerRequest,
  cpuUsPerRequest,
  mainThreadUsPerRequest: cpuUsPerRequest * 0.9,
  p50Ms: 0.5,
  p99Ms: 2,
  residentBytes: 66e6,
  errors: 0,
});

const open = (p99Ms: number): OpenLoopSample => ({
  count: 5000,
  p50Ms: 0.1,
  p90Ms: 0.2,
  p99Ms,
  p999Ms: 1,
  maxMs: 2,
  errors: 0,
});

/** A run of two rounds in which Outrider cost 1.1 × nginx and added 0.1 ms more to the 99th percentile. */
export const someResults: BenchResults = {
  date: "2026-11-23",
  command: "npm run bench",
  commit: "abcdef0",
  machine: { cores: 2, cpuModel: "A CPU", memoryGib: 8, kernel: "6.1", node: "26.10.0", loadBefore: 0.1 },
  pace: { rounds: 2, seconds: 5, warmUpSeconds: 1, longRounds: 1, startUps: 2, holdSeconds: 1, stallSeconds: 4 },
  peers: [
    { name: "nginx", title: "nginx, 1 worker", version: "1.22.1" },
    { name: "outrider", title: "**Outrider**, bare", version: "0.1.0" },
  ],
  measurements: {
    closedLoop: { nginx: [closed(10), closed(20)], outrider: [closed(11), closed(22)] },
    openLoop: { direct: [open(0.2), open(0.4)], nginx: [open(0.3), open(0.5)], outrider: [open(0.4), open(0.6)] },
  },
};

const slowest = (maxMs: number): OpenLoopSample => ({ ...open(0.5), maxMs });

/** 100 features at 120 MB, a quarter of the exchanges not read; verdicts that delay no request much, a report that does. */
export const someFeatures: Features = {
  load: {
    "outrider-100-features": [
      {
        ...closed(20),
        residentBytes: 120e6,
        reading: { readingsPerSecond: 900, dropped: 12, sampleRatio: 0.75 },
      },
    ],
    nginx: [closed(10)],
  },
  verdicts: [
    {
      without: slowest(3),
      during: slowest(4.2),
      windowEnds: 3,
      scraped: slowest(5),
      scrapeP50Ms: 11,
      reported: slowest(9),
      reportP50Ms: 14,
    },
  ],
};

const logged = (cpuUsPerRequest: number): LogCostSample => ({ ...closed(cpuUsPerRequest), records: 500, dropped: 0 });

/** The log adds 0.9 µs to the relay's thread with the defaults, and 9 µs where bodies are read for it alone. */
export const someLogCost: Readonly<Record<string, readonly LogCostSample[]>> = {
  "outrider-defaults": [logged(20), logged(30)],
  "outrider-logging": [logged(21), logged(31)],
  "outrider-unread": [logged(10), logged(12)],
  "outrider-unread-logging": [logged(20), logged(22)],
};

/** Requests wait for 3.9 ms at most, and every record is there. */
export const someFileSink: FileSinkSample = {
  without: slowest(1),
  during: slowest(4),
  feeding: { fed: 200, fedPerSecond: 19_999, records: 200, recordBytes: 200_000, unread: 0, sent: 200, dropped: 0 },
  files: { lines: 200, wrong: 0 },
};

const accounts: LokiAccounts = {
  accepted: 1000,
  recovered: 0,
  sent: 700,
  dropped: 300,
  queued: 0,
  spooled: 0,
  retries: 4,
};

/** Memory grew by 8 MB and by 2 MB without the log; the caps are 5 MB. */
export const someStall: StalledLokiSample = {
  mode: "stalled",
  hasSpool: true,
  queueBytes: 4_194_304,
  capBytes: 5e6,
  without: { ...open(0.3), residentBeforeBytes: 80e6, residentPeakBytes: 82e6 },
  well: open(0.35),
  stalled: { ...open(0.4), residentBeforeBytes: 100e6, residentPeakBytes: 108e6 },
  accountsStalled: { ...accounts, sent: 100, queued: 200, spooled: 400 },
  accountsAfter: accounts,
  recoveredMs: 1500,
  loki: { pushes: 10, entries: 702, distinct: 700 },
};
