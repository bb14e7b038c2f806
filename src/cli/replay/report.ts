/** The report of a replay, as text and as JSON. */
import type { Protocol } from "../../protocols/list.ts";
import type { RecordValue } from "../../prediction-log/prediction-record.ts";
import { formatCounted, formatCount, formatValue } from "../../text/number-text.ts";
import { printable } from "../../text/printable.ts";
import { skipTexts } from "./candidate.ts";
import type { ReplayTally, TimeQuantiles, ReportedDifference } from "./tally.ts";

/** Totals of a replay, complete or stopped early: the input of both reports. */
export interface ReplayFindings {
  readonly tally: ReplayTally;
  readonly upstream: string;
  /** Undefined when nothing was sent. */
  readonly protocol: Protocol | undefined;
  /** True when a signal stopped it. */
  readonly isStopped: boolean;
}

/** The report as JSON. Field names are part of the command line interface. */
export function replayJson({ tally, upstream, protocol, isStopped }: ReplayFindings): object {
  const { then, now, late } = tally.times();
  return {
    upstream,
    protocol: protocol ?? null,
    stopped: isStopped,
    sent: tally.sent,
    same: tally.same,
    status_only: tally.statusOnly,
    different: tally.different,
    failed: tally.failed,
    redacted: tally.redacted,
    not_replayable: Object.fromEntries(tally.skipped),
    latency_ms: { then, now },
    lateness_ms: late,
    differences: tally.differences,
    failures: tally.failures,
  };
}

/** The report of a replay as text, for a terminal. */
export function replayText(findings: ReplayFindings): string {
  const { tally, isStopped } = findings;
  const lines = [
    ...(isStopped ? ["Stopped by a signal. Until then:"] : []),
    ...(tally.sent > 0 ? answerLines(findings) : []),
    ...skippedLines(tally),
    ...(tally.sent === 0 && !isStopped ? [nothingText(tally)] : []),
    ...tally.differences.map(differenceLine),
    ...restLine(tally.different - tally.differences.length, "difference"),
    ...tally.failures.map(({ request_id: id, problem }) => `failed     ${printable(`${id}  ${problem}`)}`),
    ...restLine(tally.failed - tally.failures.length, "failure"),
  ];
  return `${lines.join("\n")}\n`;
}

function answerLines({ tally, upstream, protocol }: ReplayFindings): readonly string[] {
  const { then, now, late } = tally.times();
  const status =
    tally.statusOnly === 0
      ? ""
      : `, ${formatCount(tally.statusOnly)} with the same status and no predictions to compare`;
  return [
    `sent       ${formatCounted(tally.sent, "request")} to ${upstream}${protocol === undefined ? "" : `, responses read as ${protocol}`}`,
    `responses  ${formatCount(tally.same)} same, ${formatCount(tally.different)} different, ${formatCount(tally.failed)} failed${status}`,
    ...(now === null || then === null
      ? []
      : [`latency    ${quantileText(now)}`, `           ${quantileText(then)} in the log`]),
    ...(late !== null && late.p50 > lateFromMs
      ? [`late       ${quantileText(late)}: the rate was not reached; raise --concurrency or lower --rate`]
      : []),
    ...(tally.redacted > 0
      ? [
          `redacted   ${formatCounted(tally.redacted, "request")} with masked or hashed values: their responses may differ for that reason alone`,
        ]
      : []),
  ];
}

/** Less is timer inaccuracy. */
const lateFromMs = 20;

function skippedLines({ skipped }: ReplayTally): readonly string[] {
  return [...skipped].map(([reason, count]) => `not sent   ${formatCounted(count, "record")}: ${skipTexts[reason]}`);
}

function nothingText(tally: ReplayTally): string {
  if (tally.skippedTotal === 0) return "No record matches: nothing was sent.";
  const hint = tally.skipped.has("no_body")
    ? "; to log bodies, set `predictions.bodies: true` in the configuration of the sidecar"
    : "";
  return `No request could be sent${hint}.`;
}

function differenceLine(difference: ReportedDifference): string {
  const { request_id: id, what, row, was, is } = difference;
  const place = row === undefined ? what : `${what}[${row}]`;
  return `different  ${printable(id)}  ${place} was ${shown(was)}, is ${shown(is)}`;
}

const shown = (value: RecordValue): string => printable(JSON.stringify(value).slice(0, 80));

const restLine = (rest: number, what: string): readonly string[] =>
  rest > 0 ? [`and ${formatCounted(rest, `more ${what}`)}`] : [];

const quantileText = ({ p50, p95, p99 }: TimeQuantiles): string =>
  `p50 ${formatValue(p50)} ms, p95 ${formatValue(p95)} ms, p99 ${formatValue(p99)} ms`;
