/**
 * Counts rows into the drift cells and judges a window, with 500 features. The heap that the state takes is printed before
 * the table, which holds times only.
 */
import { DriftMonitor } from "../../src/drift/monitor/drift-monitor.ts";
import type { Baseline } from "../../src/drift/baseline/baseline.ts";
import { driftFamilies } from "../../src/drift/monitor/drift-families.ts";
import { defaultThresholds, WindowJudge } from "../../src/drift/verdict/verdict.ts";
import { layOutCells } from "../../src/drift/window/cell-layout.ts";
import { emptyWindow } from "../../src/drift/window/window-counts.ts";
import { TableCounter } from "../../src/drift/window/table-counter.ts";
import type { FeatureTable } from "../../src/payload/body-content.ts";
import { seededRandom } from "../../src/sketch/seeded-random.ts";
import { aSubject, baselineOf, categorical, normalFeature, normals } from "../../test/drift/support/some-baselines.ts";
import type { MicroCases } from "./run-micro.ts";

const features = 500;
const random = seededRandom(1);
const normal = normals(random);
const baseline = baselineOf(Array.from({ length: features }, (_, index) => normalFeature(`f${index}`, 5000, random)));
const columns = { names: baseline.features.map(({ name }) => name), isPositional: false };
const words = Array.from({ length: 40 }, (_, index) => `word ${index}`);
const wordBaseline = baselineOf(
  Array.from({ length: 40 }, (_, index) =>
    categorical(`w${index}`, Object.fromEntries(words.map((word) => [word, 50]))),
  ),
);
const wordColumns = { names: wordBaseline.features.map(({ name }) => name), isPositional: false };

/** The price of a table, among many so that none is learned by heart. */
function counting(of: Baseline, tables: readonly FeatureTable[]): () => void {
  const layout = layOutCells(of, 1000);
  const counter = new TableCounter(layout);
  const window = emptyWindow(layout);
  let next = 0;
  return () => counter.countFeatures(tables[next++ % tables.length] as FeatureTable, window);
}

const rows = Array.from({ length: 200 }, (): FeatureTable => ({
  columns,
  rowCount: 1,
  cells: Array.from(columns.names, normal),
}));
const tensors = Array.from({ length: 20 }, (): FeatureTable => ({
  columns,
  rowCount: 100,
  cells: Float32Array.from({ length: 100 * features }, normal),
}));
const wordRows = Array.from({ length: 200 }, (): FeatureTable => ({
  columns: wordColumns,
  rowCount: 1,
  cells: Array.from(wordColumns.names, () => words[Math.floor(random() * words.length)]),
}));

const options = {
  learnRequests: 5000,
  windowMs: 1000,
  longWindowsMs: [4000, 96_000],
  thresholds: defaultThresholds,
  maxFeatures: 1000,
  formatTime: String,
};

/** A monitor that has decided windows of every length but the longest. */
function busyMonitor(): DriftMonitor {
  const monitor = new DriftMonitor(aSubject, options, baseline, 0);
  for (let window = 0; window < 6; window++) {
    for (let request = 0; request < 700; request++) {
      monitor.add(rows[request % rows.length], undefined, window * options.windowMs);
    }
    monitor.advance((window + 1) * options.windowMs);
    while (monitor.step());
  }
  return monitor;
}

const monitor = busyMonitor();
printHeap();

/** Mean over several monitors, because the heap's size is coarse. Typed arrays lie outside the heap; they are added. */
function printHeap(): void {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) {
    console.log(
      `\nDrift state of ${features} features: ${Math.round(monitor.byteLength / 1024)} KiB of arrays (run node with --expose-gc for the heap).`,
    );
    return;
  }
  const used = (): number => {
    gc();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const monitors = [busyMonitor()];
  const before = used();
  while (monitors.length < 9) monitors.push(busyMonitor());
  const each = (used() - before) / (monitors.length - 1) / 1024;
  console.log(
    `\nDrift state of ${features} features: ${Math.round(each)} KiB on the heap, ${Math.round(monitor.byteLength / 1024)} KiB of it arrays.`,
  );
}

const layout = layOutCells(baseline, 1000);
const judged = emptyWindow(layout);
const counter = new TableCounter(layout);
for (let request = 0; request < 700; request++)
  counter.countFeatures(rows[request % rows.length] as FeatureTable, judged);
let judge = new WindowJudge(layout, defaultThresholds, judged.vector, ["feature"]);

/** The cases, by name. */
export const cases: MicroCases = {
  "a row of 500 numbers from JSON": counting(baseline, rows),
  "a tensor of 100 × 500 32-bit numbers": counting(baseline, tensors),
  "a row of 40 words": counting(wordBaseline, wordRows),
  "a step of judging (500 features take 501)": () => {
    if (!judge.step()) judge = new WindowJudge(layout, defaultThresholds, judged.vector, ["feature"]);
  },
  "the samples of 500 features": () => driftFamilies([monitor.report({ withCells: false })]),
  "the whole report of 500 features": () => monitor.report(),
};
