/** Every number in docs/decisions, and the place in the code or the tests that holds it. */

/** A number of a decision note, as it is written there, and a line of a file that is wrong when the number is. */
export interface DecisionFigure {
  readonly note: string;
  readonly text: string;
  readonly file: string;
  readonly line: RegExp;
}

/** See {@link DecisionFigure}. */
export const decisionFigures: readonly DecisionFigure[] = [
  { note: "drift-bins", text: "20", file: "src/sketch/bin-edges.ts", line: /const usualBins = 20;/ },
  {
    note: "drift-bins",
    text: "50",
    file: "src/drift/baseline/baseline.ts",
    line: /const maxValues = 50;/,
  },
  { note: "drift-verdict", text: "0.01", file: "src/drift/verdict/verdict.ts", line: /falseDiscovery: 0\.01/ },
  { note: "drift-verdict", text: "0.05", file: "src/drift/verdict/verdict.ts", line: /warnPsi: 0\.05/ },
  { note: "drift-verdict", text: "0.2", file: "src/drift/verdict/verdict.ts", line: /criticalPsi: 0\.2/ },
  { note: "drift-verdict", text: "2", file: "src/drift/verdict/history.ts", line: /const needed = 2;/ },
  { note: "drift-verdict", text: "3", file: "src/drift/verdict/history.ts", line: /const remembered = 3;/ },
  { note: "fleet-counts", text: "2", file: "src/fleet/fleet-timing.ts", line: /graceMs = .* => 2 \* flushMs;/ },
  {
    note: "fleet-counts",
    text: "8",
    file: "src/fleet/leader/leader-loop.ts",
    line: /const maxWindowsToCatchUp = 8;/,
  },
  { note: "fleet-counts", text: "1,000", file: "src/fleet/store.ts", line: /replicas: 1000/ },
  { note: "half-closed-clients", text: "150", file: "src/assembly/relay-bounds.ts", line: /halfCloseMs = 150;/ },
  {
    note: "half-closed-clients",
    text: "200",
    file: "test/relay/conformance/support/rules.ts",
    line: /200 ms/,
  },
  { note: "early-responses", text: "100", file: "src/relay/upstream/upstream-pool.ts", line: /Ms = 100;/ },
  { note: "hdr-histograms", text: "2", file: "src/metrics/requests/latency-hdr.ts", line: /[dD]igits.*\b2\b/ },
  { note: "hdr-histograms", text: "0.8", file: "test/metrics/requests/fleet-latency.test.ts", line: /1 \/ 128/ },
  { note: "labels", text: "32", file: "src/accuracy/join/prediction-store.ts", line: /Uint32Array/ },
  { note: "prom-client-for-exposition-only", text: "32", file: "src/exposition/exposition.ts", line: /= 32;/ },
  { note: "reading-on-the-loop-or-in-a-worker", text: "0.5", file: "src/capture/capture.ts", line: /SliceMs = 0\.5;/ },
  {
    note: "reading-on-the-loop-or-in-a-worker",
    text: "2",
    file: "src/capture/decode-loop.ts",
    line: /const maxConcurrentDecodes = 2;/,
  },
  { note: "redis-client", text: "16", file: "src/fleet/redis/redis-connection.ts", line: /const maxInFlight = 16;/ },
  { note: "redis-client", text: "2", file: "src/fleet/redis/redis-connection.ts", line: /maxMs: 2_000/ },
];
