/**
 * The targets of reading bodies that need no load: what an exchange costs beyond `JSON.parse` of its bodies, what drift
 * remembers, how long a verdict takes. From bytes to counts, with everything that counts them. A figure is the median
 * over interleaved rounds, its spread the quartiles.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Baseline } from "../../src/drift/baseline/baseline.ts";
import type { DriftMonitorRegistry } from "../../src/drift/monitor/drift-monitor-registry.ts";
import { driftFamilies } from "../../src/drift/monitor/drift-families.ts";
import type { RequestContent } from "../../src/payload/body-content.ts";
import { type Finding, findingTable } from "./findings.ts";
import {
  binaryTensors,
  atMs,
  countRow,
  featureRows,
  jsonExchanges,
  learnFrom,
  someMonitors,
} from "./telemetry-workload.ts";
import { timeInterleaved, type TimingPlan } from "./interleaved-times.ts";

const wide = 500;
const tensorRows = 100;
const requestsOfWindow = 700;
const windowMs = 60_000;
const dayMs = 86_400_000;
const warmUpVerdicts = 5;
const monitorsMeasured = 10;

/** Measures all of it and gives the table. */
export function report(isQuick: boolean): string {
  const rounds = isQuick ? 10 : 60;
  const rows = featureRows(wide);
  const findings = [
    // First: what the others leave behind would come and go meanwhile.
    ...memoryFindings(rows),
    ...rowFindings(40, 3, { rounds, calls: 500 }),
    ...rowFindings(wide, 10, { rounds, calls: 100 }),
    ...tensorFindings({ rounds, calls: 20 }),
    ...verdictFindings(rows, rounds),
  ];
  return findingTable(findings);
}

function rowFindings(numbers: number, limit: number, plan: TimingPlan): readonly Finding[] {
  const { readAndCount, parse } = jsonExchanges(numbers);
  const times = timeInterleaved({ readAndCount, parse }, plan);
  const beyond = times.readAndCount.map((microseconds, round) => microseconds - (times.parse[round] ?? Number.NaN));
  return [
    { title: `${numbers} numbers in JSON, read and counted, µs beyond JSON.parse`, values: beyond, decimals: 2, limit },
    { title: `${numbers} numbers, JSON.parse of both texts alone, µs`, values: times.parse, decimals: 2 },
  ];
}

function tensorFindings(plan: TimingPlan): readonly Finding[] {
  const { readAndCount, read } = binaryTensors(tensorRows, wide);
  const times = timeInterleaved({ readAndCount, read }, plan);
  const title = `binary tensor of ${tensorRows} × ${wide} FP32`;
  return [
    { title: `${title}, read and counted into drift, µs`, values: times.readAndCount, decimals: 0, limit: 150 },
    { title: `${title}, reading alone, µs`, values: times.read, decimals: 0 },
  ];
}

/** Monitors that have judged windows, enough of them to make the heap's own noise small. */
function memoryFindings(rows: readonly RequestContent[]): readonly Finding[] {
  const { baseline } = learned(rows);
  const beforeBaselines = heapBytes();
  const baselines = Array.from({ length: monitorsMeasured }, () => structuredClone(baseline));
  const beforeMonitors = heapBytes();
  const all = baselines.map((own) => {
    const monitors = someMonitors({ windowMs, baselines: [own] });
    // A day apart, so that windows of every length are judged.
    for (let window = 0; window < 4; window++) fillAndJudge(monitors, rows, atMs + window * dayMs);
    return monitors;
  });
  const kilobytesEach = (bytes: number): readonly number[] => [bytes / monitorsMeasured / 1000];
  const arrays = all.flatMap((monitors) => monitors.all.map(({ byteLength }) => byteLength / 1000));
  const title = `drift of ${wide} features`;
  return [
    {
      title: `${title}: state of a model, kB`,
      values: kilobytesEach(heapBytes() - beforeMonitors),
      decimals: 0,
      limit: 1000,
    },
    { title: `${title}: of that arrays, kB`, values: arrays, decimals: 0 },
    {
      title: `${title}: plus its baseline, kB`,
      values: kilobytesEach(beforeMonitors - beforeBaselines),
      decimals: 0,
    },
  ];
}

/** How windows are judged, and what shows the verdict afterwards. */
function verdictFindings(rows: readonly RequestContent[], rounds: number): readonly Finding[] {
  const { monitors } = learned(rows);
  const judged = Array.from({ length: warmUpVerdicts + rounds }, (_, window) => {
    const { totalMs, maxMs } = fillAndJudge(monitors, rows, atMs + window * windowMs);
    const samplesMs = elapsedMs(() => driftFamilies(monitors.reports(undefined, { withCells: false })));
    const reportMs = elapsedMs(() => JSON.stringify({ reports: monitors.reports() }));
    return { totalMs, maxMs, samplesMs, reportMs };
  }).slice(warmUpVerdicts);
  const title = `verdict of ${wide} features`;
  const of = (figure: keyof (typeof judged)[number]): readonly number[] => judged.map((round) => round[figure]);
  return [
    { title: `${title}: all steps, ms`, values: of("totalMs"), decimals: 2, limit: 20 },
    { title: `${title}: longest step, ms`, values: of("maxMs"), decimals: 2, limit: 5 },
    { title: `${title}: its samples for a scrape, ms`, values: of("samplesMs"), decimals: 2 },
    { title: `${title}: its report as JSON, ms`, values: of("reportMs"), decimals: 2 },
  ];
}

/** Monitors with a baseline that was learned from these rows. */
function learned(rows: readonly RequestContent[]): {
  readonly monitors: DriftMonitorRegistry;
  readonly baseline: Baseline;
} {
  const monitors = someMonitors({ windowMs });
  let request = 0;
  const baseline = learnFrom(() => countNext(monitors, rows, request++, atMs), monitors);
  return { monitors, baseline };
}

/** Counts a window that begins at `fromMs`, ends it, and judges it step by step; what ends it counts as a step too. */
function fillAndJudge(
  monitors: DriftMonitorRegistry,
  rows: readonly RequestContent[],
  fromMs: number,
): { readonly totalMs: number; readonly maxMs: number } {
  for (let request = 0; request < requestsOfWindow; request++) countNext(monitors, rows, request, fromMs);
  let maxMs = elapsedMs(() => monitors.advance(fromMs + windowMs));
  let totalMs = maxMs;
  for (;;) {
    const beganMs = performance.now();
    const isBusy = monitors.step();
    const stepMs = performance.now() - beganMs;
    totalMs += stepMs;
    maxMs = Math.max(maxMs, stepMs);
    if (!isBusy) break;
  }
  return { totalMs, maxMs };
}

function countNext(
  monitors: DriftMonitorRegistry,
  rows: readonly RequestContent[],
  request: number,
  nowMs: number,
): void {
  countRow(monitors, rows[request % rows.length] as RequestContent, nowMs);
}

function elapsedMs(work: () => unknown): number {
  const beganMs = performance.now();
  work();
  return performance.now() - beganMs;
}

/** Bytes that are in use after a collection; typed arrays lie outside of the heap and count as well. */
function heapBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  // Background threads have finished the first one's work by the time of the last.
  for (let time = 0; time < 3; time++) collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
