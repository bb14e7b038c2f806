/** The words and figures of the demonstration, as text. */
import { accuracyWords, labelWords, percent, verdictWords } from "./telemetry-words.ts";
import type { AccuracyReading, DriftReading } from "../sidecar/telemetry-reading.ts";
import type { LabelReading } from "../sidecar/label-delivery.ts";
import type { PaceReading } from "../traffic/replay.ts";
import type { SidecarReading } from "../sidecar/sidecar-reading.ts";
import type { TallyReading } from "../traffic/tally.ts";
import type { TimelineReading } from "./timeline.ts";
import { unitChange } from "../traffic/unit-change.ts";

/** One moment of the demonstration. */
export interface Moment {
  readonly elapsedSeconds: number;
  /** Undefined while the admin port does not answer. */
  readonly sidecar: SidecarReading | undefined;
  readonly clients: TallyReading;
  /** What the clients had counted when they began to send a feature in another unit; undefined before. */
  readonly clientsAtChange: TallyReading | undefined;
  /** Whether the clients send at the rate that was asked for. */
  readonly pace: PaceReading;
  /** Undefined while the sidecar has read no request; `changedFeature` once its unit has changed. */
  readonly drift: (DriftReading & { readonly changedFeature?: string }) | undefined;
  /** Undefined while the sidecar has read no prediction. */
  readonly accuracy: AccuracyReading | undefined;
  /** The right answers that clients have sent to the sidecar. */
  readonly labels: LabelReading;
  readonly timeline: TimelineReading;
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
  /** What drift is measured against. */
  readonly baselineFile: string;
  /** A command line that draws it, and one that shows what drifted. */
  readonly baselineCommand: string;
  readonly driftCommand: string;
  /** A command line that shows how right the predictions were. */
  readonly accuracyCommand: string;
  /** A command line that shows the last predictions of the log, and one that asks the model server the same again. */
  readonly predictionsCommand: string;
  readonly replayCommand: string;
  /** Length of the windows in which the sidecar looks for drift. */
  readonly windowSeconds: number;
  /** When clients begin to send a feature in another unit; 0 for never. */
  readonly driftAfterSeconds: number;
}

/** Shown once, before the figures: the addresses and commands to try. */
export function introduction(scene: Scene): string {
  return [
    "",
    `  clients ──▶ Outrider ${scene.dataUrl} ──▶ model server ${scene.upstreamUrl} (${scene.upstreamTitle})`,
    "",
    "  Open",
    `    ${scene.adminUrl}/metrics    what Prometheus scrapes`,
    `    ${scene.adminUrl}/readyz     is it ready for traffic?`,
    `    ${scene.adminUrl}/config     the configuration in force`,
    `    ${scene.adminUrl}/hdr        latencies for any HdrHistogram tool`,
    `    ${scene.adminUrl}/drift      how far features and predictions are from the baseline`,
    `    ${scene.adminUrl}/accuracy   how right the predictions were, from labels`,
    "",
    "  Try",
    "    a prediction, through the sidecar:",
    `      ${scene.predictCommand}`,
    "    a path that is closed to clients:",
    `      ${scene.deniedCommand}`,
    "    its own latency, as Prometheus sees it:",
    `      curl -s ${scene.adminUrl}/metrics | grep outrider_latency`,
    "    what drifted, worst first; then with every number, and as Prometheus sees it:",
    `      ${scene.driftCommand}`,
    `      curl -s ${scene.adminUrl}/drift`,
    `      curl -s ${scene.adminUrl}/metrics | grep outrider_drift`,
    "    how right the predictions were, from labels:",
    `      ${scene.accuracyCommand}`,
    "    one prediction in ten, as logged; then send the same requests again and compare the answers:",
    `      ${scene.predictionsCommand}`,
    `      ${scene.replayCommand}`,
    "    the baseline that live traffic is compared with:",
    `      ${scene.baselineCommand}`,
    "",
    `  ${expectation(scene)}`,
    "",
    "",
  ].join("\n");
}

function expectation({ windowSeconds, driftAfterSeconds }: Scene): string {
  const windows = `The sidecar looks for drift every ${windowSeconds} s`;
  return driftAfterSeconds === 0
    ? `${windows}; there is none.`
    : `${windows}; after ${driftAfterSeconds} s and a first verdict, clients will send ${unitChange.feature} in another unit.`;
}

/** The figures as lines for a terminal that refreshes them in place; none is wider than `columns`. */
export function liveLines(moment: Moment, history: readonly number[], columns: number): readonly string[] {
  const { sidecar, clients } = moment;
  const lines = [
    `  requests/s   ${figure(sidecar?.requestsPerSecond, 1).padStart(8)}${paceWords(moment)}   ${sparkline(history)}`,
    `  latency      ${latencies(sidecar)}   over the last 5 s, as the sidecar measures it`,
    `  added by it  ${milliseconds(sidecar?.overheadSeconds)} on average`,
    `  in flight    ${figure(sidecar?.inFlight, 0).padStart(8)}`,
    `  outcomes     ${outcomeWords(sidecar)}`,
    `  clients saw  ${statusWords(clients)}`,
    `  accuracy     ${accuracyWords(moment.clients, moment.clientsAtChange)}`,
    `  from labels  ${labelWords(moment.accuracy)}`,
    `  drift        ${driftWords(moment)}`,
    ...warnings(moment).map((warning) => `  ! ${warning}`),
    "",
    `  ${clock(moment.elapsedSeconds)}   Ctrl-C ends it`,
  ];
  return lines.map((line) => line.slice(0, Math.max(20, columns - 1)));
}

/** The figures as one plain line, for a log. */
export function plainLine(moment: Moment): string {
  const { sidecar } = moment;
  const parts = [
    clock(moment.elapsedSeconds),
    `${figure(sidecar?.requestsPerSecond, 1)} requests/s${paceWords(moment)}`,
    latencies(sidecar),
    `in flight ${figure(sidecar?.inFlight, 0)}`,
    outcomeWords(sidecar),
    `accuracy ${accuracyWords(moment.clients, moment.clientsAtChange)}`,
    `from labels ${labelWords(moment.accuracy)}`,
    `drift: ${driftWords(moment)}`,
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
    `  accuracy ${accuracyWords(moment.clients, moment.clientsAtChange)}; ${percent(scene.heldOutAccuracy)} on rows held out when ${scene.modelName} was trained`,
    `  from labels, as the sidecar counts: ${labelWords(moment.accuracy)}`,
    `  drift: ${driftWords(moment)}${namedWords(moment)}`,
    ...warnings(moment).map((warning) => `  ! ${warning}`),
    "",
  ].join("\n");
}

const bars = "▁▂▃▄▅▆▇█";

function sparkline(history: readonly number[]): string {
  const highest = Math.max(1, ...history);
  return history.map((value) => bars[Math.min(bars.length - 1, Math.floor((value / highest) * bars.length))]).join("");
}

const figure = (value: number | undefined, decimals: number): string => value?.toFixed(decimals) ?? "–";

/** Why the rate is not the one that was asked for; empty while it is. */
const paceWords = ({ pace }: Moment): string =>
  pace.isHeldBack ? `, what the server can do; ${pace.wantedPerSecond} wanted` : "";

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

function driftWords({ drift }: Moment): string {
  return drift === undefined ? "no request was read yet" : verdictWords(drift);
}

function namedWords({ timeline: { changedSeconds, namedSeconds } }: Moment): string {
  return changedSeconds === undefined || namedSeconds === undefined
    ? ""
    : `; ${unitChange.feature} was named ${(namedSeconds - changedSeconds).toFixed(0)} s after its unit changed`;
}

function warnings(moment: Moment): readonly string[] {
  const { failures, lastFailure } = moment.clients;
  const { labels } = moment;
  return [
    ...(labels.failures > 0 ? [`labels were not taken, the last: ${labels.lastFailure.replaceAll(/\s+/g, " ")}`] : []),
    ...(failures > 0 ? [`${failures} good requests failed, the last: ${lastFailure.replaceAll(/\s+/g, " ")}`] : []),
  ];
}

function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${String(Math.floor(whole / 60)).padStart(2, "0")}:${String(whole % 60).padStart(2, "0")}`;
}
