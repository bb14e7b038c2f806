/** The words and figures of the demonstration, as text. */
import type { SidecarReading } from "./sidecar-reading.ts";
import type { TallyReading } from "./tally.ts";

/** One moment of the demonstration. */
export interface Moment {
  readonly elapsedSeconds: number;
  /** Undefined while the admin port does not answer. */
  readonly sidecar: SidecarReading | undefined;
  readonly clients: TallyReading;
  readonly skipped: number;
}

/** What does not change while it runs. */
export interface Scene {
  readonly dataUrl: string;
  readonly adminUrl: string;
  readonly upstreamUrl: string;
  readonly upstreamTitle: string;
  readonly modelName: string;
  /** Share of the held-out rows that the model had right when it was trained, 0 to 1. */
  readonly heldOutAccuracy: number;
  /** A command line that asks for a prediction of a whole row. */
  readonly predictCommand: string;
  /** A command line for a path that the sidecar keeps closed. */
  readonly deniedCommand: string;
}

/** Said once, before the figures: what stands where and what to try. */
export function introduction(scene: Scene): string {
  return [
    "",
    `  clients ──▶ Outrider ${scene.dataUrl} ──▶ model server ${scene.upstreamUrl} (${scene.upstreamTitle})`,
    "",
    "  Open",
    `    ${scene.adminUrl}/metrics    what Prometheus scrapes`,
    `    ${scene.adminUrl}/readyz     may traffic come?`,
    `    ${scene.adminUrl}/config     the configuration in force`,
    `    ${scene.adminUrl}/hdr        latencies for any HdrHistogram tool`,
    "",
    "  Try",
    "    a prediction, through the sidecar:",
    `      ${scene.predictCommand}`,
    "    a path that is closed to clients:",
    `      ${scene.deniedCommand}`,
    "    its own latency, as Prometheus sees it:",
    `      curl -s ${scene.adminUrl}/metrics | grep outrider_latency`,
    "",
    "",
  ].join("\n");
}

/** The figures as lines for a terminal that refreshes them in place; none is wider than `columns`. */
export function liveLines(moment: Moment, history: readonly number[], columns: number): readonly string[] {
  const { sidecar, clients } = moment;
  const lines = [
    `  requests/s   ${figure(sidecar?.requestsPerSecond, 1).padStart(8)}   ${sparkline(history)}`,
    `  latency      ${latencies(sidecar)}   over the last 5 s, as the sidecar measures it`,
    `  added by it  ${milliseconds(sidecar?.overheadSeconds)} on average`,
    `  in flight    ${figure(sidecar?.inFlight, 0).padStart(8)}`,
    `  outcomes     ${outcomeWords(sidecar)}`,
    `  clients saw  ${statusWords(clients)}`,
    `  accuracy     ${accuracyWords(clients)}`,
    ...warnings(moment).map((warning) => `  ! ${warning}`),
    "",
    `  ${clock(moment.elapsedSeconds)}   Ctrl-C ends it`,
  ];
  return lines.map((line) => line.slice(0, Math.max(20, columns - 1)));
}

/** The figures as one plain line, for a log. */
export function plainLine(moment: Moment): string {
  const { sidecar, clients } = moment;
  const parts = [
    clock(moment.elapsedSeconds),
    `${figure(sidecar?.requestsPerSecond, 1)} requests/s`,
    latencies(sidecar),
    `in flight ${figure(sidecar?.inFlight, 0)}`,
    outcomeWords(sidecar),
    `accuracy ${accuracyWords(clients)}`,
    ...warnings(moment),
  ];
  return parts.join(" | ");
}

/** Said at the end. */
export function summary(moment: Moment, scene: Scene): string {
  const { clients } = moment;
  const sent = Object.values(clients.sent).reduce((sum, count) => sum + count, 0);
  return [
    "",
    `  ${sent} requests in ${moment.elapsedSeconds.toFixed(1)} s; outcomes: ${outcomeWords(moment.sidecar)}`,
    `  accuracy ${accuracyWords(clients)}; ${percent(scene.heldOutAccuracy)} on rows held out when ${scene.modelName} was trained`,
    ...warnings(moment).map((warning) => `  ! ${warning}`),
    "",
  ].join("\n");
}

/** A share from 0 to 1 in percent, with one decimal. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

const bars = "▁▂▃▄▅▆▇█";

function sparkline(history: readonly number[]): string {
  const highest = Math.max(1, ...history);
  return history.map((value) => bars[Math.min(bars.length - 1, Math.floor((value / highest) * bars.length))]).join("");
}

const figure = (value: number | undefined, decimals: number): string => value?.toFixed(decimals) ?? "–";

const milliseconds = (seconds: number | undefined): string =>
  seconds === undefined ? "–" : `${shortNumber(seconds * 1_000)} ms`;

/** Three digits, without an exponent. */
const shortNumber = (value: number): string => (value < 100 ? value.toPrecision(3) : value.toFixed(0));

function latencies(sidecar: SidecarReading | undefined): string {
  const { p50Seconds, p95Seconds, p99Seconds } = sidecar ?? {};
  return `p50 ${milliseconds(p50Seconds)}  p95 ${milliseconds(p95Seconds)}  p99 ${milliseconds(p99Seconds)}`;
}

const countWords = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name} ${count}`)
    .join("  ");

function outcomeWords(sidecar: SidecarReading | undefined): string {
  return sidecar === undefined ? "the admin port does not answer" : countWords(sidecar.outcomes) || "none yet";
}

function statusWords(clients: TallyReading): string {
  const { 0: none = 0, ...statuses } = clients.statuses;
  return countWords({ ...statuses, "no answer": none }) || "nothing yet";
}

function accuracyWords(clients: TallyReading): string {
  return clients.predictions === 0
    ? "none yet"
    : `${percent(clients.rightPredictions / clients.predictions)} of ${clients.predictions} predictions right`;
}

function warnings(moment: Moment): readonly string[] {
  const { failures, lastFailure } = moment.clients;
  return [
    ...(failures > 0 ? [`${failures} good requests failed, the last: ${lastFailure.replaceAll(/\s+/g, " ")}`] : []),
    ...(moment.skipped > 0 ? [`${moment.skipped} requests not sent: too many unanswered`] : []),
  ];
}

function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${String(Math.floor(whole / 60)).padStart(2, "0")}:${String(whole % 60).padStart(2, "0")}`;
}
