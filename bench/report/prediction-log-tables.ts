/** The tables of the log of predictions. */
import type { FileSinkSample } from "../scenarios/file-sink.ts";
import { logCostPairs, type LogCostSample } from "../scenarios/log-cost.ts";
import type { StalledLokiSample, WatchedLoop } from "../scenarios/stalled-loki.ts";
import type { BenchResults } from "./results.ts";
import { medianDifference, medianOf, medianRatio } from "./statistics.ts";
import { fixed, markdownTable, megabytes, type Section, signed } from "./table.ts";

/** One section a scenario that ran. */
export function predictionLogSections({ measurements }: BenchResults): readonly Section[] {
  const { logCost, fileSink = [], stalledLoki = [] } = measurements;
  return [
    ...(Object.keys(logCost ?? {}).length === 0 ? [] : [logCostSection(logCost ?? {})]),
    ...(fileSink.length === 0 ? [] : [fileSinkSection(fileSink)]),
    ...(stalledLoki.length === 0 ? [] : [stalledLokiSection(stalledLoki), accountsSection(stalledLoki)]),
  ];
}

/** CPU of the relay's thread for a request, microseconds. */
export const mainThreadOf = (sample: LogCostSample): number => sample.mainThreadUsPerRequest;

function logCostSection(logCost: NonNullable<BenchResults["measurements"]["logCost"]>): Section {
  const cpuOf = (sample: LogCostSample): number => sample.cpuUsPerRequest;
  const rows = logCostPairs.map(({ title, logged, base }) => {
    const [own, other] = [logCost[logged], logCost[base]];
    const difference = (figure: (sample: LogCostSample) => number): string =>
      signed(medianDifference(own, other, figure), 2);
    return [
      title,
      fixed(medianOf(own, mainThreadOf), 1),
      difference(mainThreadOf),
      fixed(medianRatio(own, other, mainThreadOf), 2),
      fixed(medianOf(own, cpuOf), 1),
      difference(cpuOf),
      fixed(
        medianOf(own, (sample) => sample.requestsPerSecond),
        0,
      ),
      difference((sample) => sample.residentBytes / 1e6),
      fixed(
        medianOf(own, (sample) => sample.records),
        0,
      ),
      fixed(
        medianOf(own, (sample) => sample.dropped),
        0,
      ),
    ];
  });
  const head = ["", "relay thread µs a request", "added µs", "× without", "CPU µs a request", "added µs"];
  const table = markdownTable([...head, "requests/s", "added MB", "records a round", "dropped"], rows);
  return {
    title: "Predictions logged at 1 %",
    note: "Closed loop, 32 connections; “added” and “×” are to the same without the log in the same round, medians.",
    table,
  };
}

function fileSinkSection(samples: readonly FileSinkSample[]): Section {
  const rows = samples.map(({ without, during, feeding, files }, round) => [
    String(round + 1),
    fixed(feeding.fedPerSecond, 0),
    fixed(feeding.recordBytes / feeding.records, 0),
    String(feeding.records),
    String(files.lines),
    String(files.wrong + feeding.dropped + feeding.unread),
    fixed(without.p50Ms, 3),
    fixed(during.p50Ms, 3),
    fixed(without.p99Ms, 3),
    fixed(during.p99Ms, 3),
    fixed(without.p999Ms, 1),
    fixed(during.p999Ms, 1),
    fixed(without.maxMs, 1),
    fixed(during.maxMs, 1),
  ]);
  const head = ["round", "records/s", "bytes each", "records", "lines in files", "wrong or lost"];
  const latencies = ["p50", "p99", "p99.9", "max"].flatMap((figure) => [`${figure} ms without`, `${figure} ms`]);
  return {
    title: "20,000 records/s to files during 500 requests/s",
    note: "The records are made of synthetic exchanges, on the thread of the relay.",
    table: markdownTable([...head, ...latencies], rows),
  };
}

/** What Loki does, and what the sidecar has for it. */
export function stallTitle({ mode, hasSpool, queueBytes }: StalledLokiSample): string {
  const does = mode === "stalled" ? "never answers" : "answers 503";
  return `${does}, queue of ${queueBytes / 1_048_576} MiB${hasSpool ? ", spool" : ""}`;
}

/** How much more memory there was at most than before, bytes. */
export const grownBytes = ({ residentPeakBytes, residentBeforeBytes }: WatchedLoop): number =>
  residentPeakBytes - residentBeforeBytes;

function stalledLokiSection(samples: readonly StalledLokiSample[]): Section {
  const rows = samples.map((sample) => {
    const { without, well, stalled, capBytes } = sample;
    return [
      stallTitle(sample),
      String(without.errors),
      String(stalled.errors),
      ...[without, well, stalled].map(({ p50Ms }) => fixed(p50Ms, 3)),
      ...[without, well, stalled].map(({ p99Ms }) => fixed(p99Ms, 3)),
      fixed(stalled.p99Ms / without.p99Ms, 2),
      ...[without, well, stalled].map(({ maxMs }) => fixed(maxMs, 1)),
      megabytes(stalled.residentBeforeBytes),
      fixed(grownBytes(stalled) / 1e6, 1),
      fixed(grownBytes(without) / 1e6, 1),
      fixed(capBytes / 1e6, 1),
    ];
  });
  const latencies = [
    "p50 ms without",
    "Loki well",
    "stalled",
    "p99 ms without",
    "Loki well",
    "stalled",
    "stalled/without",
    "max ms without",
    "Loki well",
    "stalled",
  ];
  const memory = ["MB before", "MB grown", "MB grown without", "MB of caps"];
  return {
    title: "Loki stands still at 1,000 requests/s, all logged",
    note:
      "“Without” is a sidecar that logs nothing, right before; “Loki well” logs the same without any trouble. “Caps” are the queue, and two batches for what is on " +
      "its way: its text and its compressed bytes.",
    table: markdownTable(["Loki", "failed without", "failed", ...latencies, ...memory], rows),
  };
}

function accountsSection(samples: readonly StalledLokiSample[]): Section {
  const rows = samples.map((sample) => {
    const { accountsStalled, accountsAfter, recoveredMs, loki } = sample;
    const { accepted, sent, dropped, queued, spooled, retries } = accountsAfter;
    return [
      stallTitle(sample),
      String(accepted),
      String(accountsStalled.queued),
      String(accountsStalled.spooled),
      String(sent),
      String(dropped),
      String(queued + spooled),
      String(unaccounted(sample)),
      String(loki.distinct),
      String(loki.entries - loki.distinct),
      String(retries),
      fixed(recoveredMs / 1000, 1),
    ];
  });
  const stalled = ["accepted", "queued at the end of the stall", "spooled"];
  const after = ["sent", "dropped", "left", "not accounted for", "in Loki", "came again", "retries", "s to recover"];
  return { title: "Records of that time", table: markdownTable(["Loki", ...stalled, ...after], rows) };
}

/** Records that are neither sent nor dropped nor waiting, at the end of the stall and after it; and those that Loki does not have. */
export function unaccounted({ accountsStalled, accountsAfter, loki }: StalledLokiSample): number {
  const missing = [accountsStalled, accountsAfter].map(
    ({ accepted, recovered, sent, dropped, queued, spooled }) =>
      accepted + recovered - sent - dropped - queued - spooled,
  );
  return Math.abs(missing[0] ?? 0) + Math.abs(missing[1] ?? 0) + Math.abs(loki.distinct - accountsAfter.sent);
}
