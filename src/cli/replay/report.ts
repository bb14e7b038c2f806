/** What a replay found, as text and as JSON. */
import type { Protocol } from "../../protocols/list.ts";
import type { RecordValue } from "../../prediction-log/prediction-record.ts";
import { formatCounted, formatCount, formatValue } from "../../text/number-text.ts";
import { printable } from "../../text/printable.ts";
import { skipTexts } from "./candidate.ts";
import type { ReplayTally, TimeQuantiles, ToldDifference } from "./tally.ts";

/** What is reported. */
export interface ReplayFindings {
  readonly tally: ReplayTally;
  readonly upstream: string;
  /** Undefined when nothing was sent. */
  readonly protocol: Protocol | undefined;
  /** A signal ended it. */
  readonly isStopped: boolean;
}

/** For programs. */
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

/** For people. */
export function replayText(findings: ReplayFindings): string {
  const { tally, isStopped } = findings;
  const lines = [
    ...(isStopped ? ["A signal ended it; until then:"] : []),
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
    tally.statusOnly === 0 ? "" : `, ${formatCount(tally.statusOnly)} with the same status and nothing else to compare`;
  return [
    `sent       ${formatCounted(tally.sent, "request")} to ${upstream}${protocol === undefined ? "" : `, answers read as ${protocol}`}`,
    `answers    ${formatCount(tally.same)} same, ${formatCount(tally.different)} different, ${formatCount(tally.failed)} failed${status}`,
    ...(now === null || then === null
      ? []
      : [`latency    ${quantileText(now)}`, `           ${quantileText(then)} when it was logged`]),
    ...(late !== null && late.p50 > lateFromMs
      ? [`late       ${quantileText(late)}: the rate was not kept; raise --concurrency or lower --rate`]
      : []),
    ...(tally.redacted > 0
      ? [
          `redacted   ${formatCounted(tally.redacted, "request")} with masked or hashed values: their answers may differ for that alone`,
        ]
      : []),
  ];
}

/** Less is the timers' own. */
const lateFromMs = 20;

function skippedLines({ skipped }: ReplayTally): readonly string[] {
  return [...skipped].map(([reason, count]) => `not sent   ${formatCounted(count, "record")}: ${skipTexts[reason]}`);
}

function nothingText(tally: ReplayTally): string {
  if (tally.skippedTotal === 0) return "No record is one of those asked for: nothing was sent.";
  const hint = tally.skipped.has("no_body")
    ? "; bodies are logged with `predictions.bodies: true` in the sidecar's configuration"
    : "";
  return `No request could be sent again${hint}.`;
}

function differenceLine(difference: ToldDifference): string {
  const { request_id: id, what, row, was, is } = difference;
  const place = row === undefined ? what : `${what}[${row}]`;
  return `different  ${printable(id)}  ${place} was ${shown(was)}, is ${shown(is)}`;
}

const shown = (value: RecordValue): string => printable(JSON.stringify(value).slice(0, 80));

const restLine = (rest: number, what: string): readonly string[] =>
  rest > 0 ? [`and ${formatCounted(rest, `more ${what}`)}`] : [];

const quantileText = ({ p50, p95, p99 }: TimeQuantiles): string =>
  `p50 ${formatValue(p50)} ms, p95 ${formatValue(p95)} ms, p99 ${formatValue(p99)} ms`;
