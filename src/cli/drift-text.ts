/** Drift as text for a terminal. */
import type { DriftReport, TargetReport } from "../drift/drift-report.ts";
import type { DriftState } from "../drift/history.ts";
import { isColoured } from "./colour.ts";
import type { CommandContext } from "./command.ts";
import { driftCharts, widestChart } from "./drift-chart.ts";
import { formatCount } from "./number-text.ts";
import { printable } from "./printable.ts";
import { isUtf8 } from "./utf8-locale.ts";

/** How it is printed. */
export interface DriftTextOptions {
  readonly isColoured: boolean;
  readonly isUtf8: boolean;
  /** Rows of each model. */
  readonly top: number;
}

/** The options that a command's terminal allows. */
export function driftTextOptions({ isTerminal, environment }: CommandContext, top: number): DriftTextOptions {
  return { isColoured: isColoured(isTerminal, environment), isUtf8: isUtf8(environment), top };
}

/** Colours of the states (SGR codes). */
const colours: Readonly<Record<DriftState, string>> = { not_ready: "2", ok: "32", warn: "33", critical: "31;1" };
const stateWords: Readonly<Record<DriftState, string>> = {
  not_ready: "not ready",
  ok: "ok",
  warn: "warn",
  critical: "CRITICAL",
};

/** Longest name, in columns of the terminal. */
const longestName = 28;

/** One block a model; says so when there is none. */
export function driftText(reports: readonly DriftReport[], options: DriftTextOptions): string {
  if (reports.length === 0) return "No model has been seen yet.\n";
  return reports.map((report) => reportText(report, options)).join("\n");
}

function reportText(report: DriftReport, options: DriftTextOptions): string {
  const lines = [headline(report, options), ...facts(report), ...changeLines(report)];
  if (report.targets.length > 0 && report.window !== null) lines.push("", ...table(report, options));
  return `${lines.join("\n")}\n`;
}

function headline({ model, version, variant, scope, state }: DriftReport, { isColoured }: DriftTextOptions): string {
  const named = [model === "" ? "(no name)" : model, version, variant]
    .filter((part) => part !== "")
    .map(clean)
    .join(" ");
  return `${named}${scope === "fleet" ? " (all replicas)" : ""}: ${painted(stateWords[state], state, isColoured)}`;
}

function facts(report: DriftReport): readonly string[] {
  const { baseline, window, scope, thresholds, ready, reason } = report;
  const lines: string[] = [];
  if (baseline !== null) {
    const origin = baseline.kind === "learned" ? "learned from the first requests" : clean(baseline.name);
    lines.push(`baseline  ${origin}, ${formatCount(Math.round(baseline.rows))} rows, made ${baseline.created_at}`);
  }
  if (window !== null) {
    const span = scope === "file" ? "" : `${time(window.from_ms)} to ${time(window.to_ms)}, `;
    const unit =
      scope === "file"
        ? "rows"
        : `requests, ${formatCount(Math.round(window.rows))} rows, n ${formatCount(Math.round(window.effective_rows))}`;
    lines.push(`window    ${span}${formatCount(Math.round(window.requests))} ${unit}`);
  }
  lines.push(
    `rule      q ${thresholds.falseDiscovery}, PSI ${thresholds.warnPsi} warns, ${thresholds.criticalPsi} is critical`,
  );
  if (!ready && reason !== "") lines.push(`not ready ${reason}`);
  return lines;
}

function changeLines({ changes, unwatched_features: unwatched }: DriftReport): readonly string[] {
  const unknown = changes.unknown.map(({ name, rows }) => `${clean(name)} (${formatCount(Math.round(rows))} rows)`);
  const retyped = changes.retyped.map(({ name, was, came_as: now }) => `${clean(name)} (${was} came as ${now})`);
  const more = changes.unknown_dropped > 0 ? ", and more" : "";
  return [
    ...(changes.absent.length > 0 ? [`absent    ${listed(changes.absent.map(clean))}`] : []),
    ...(unknown.length > 0 ? [`unknown   ${listed(unknown)}${more}`] : []),
    ...(retyped.length > 0 ? [`retyped   ${listed(retyped)}`] : []),
    ...(unwatched > 0 ? [`unwatched ${unwatched} features, as there are too many`] : []),
  ];
}

function table({ targets }: DriftReport, { isColoured, isUtf8, top }: DriftTextOptions): readonly string[] {
  const shown = targets.slice(0, top);
  const name = (target: TargetReport): string => clean(target.kind === "feature" ? target.name : `(${target.kind})`);
  const nameWidth = Math.max(7, ...shown.map((target) => name(target).length));
  const rows = shown.map((target) => {
    const { before, now } = driftCharts(target, isUtf8);
    return [
      painted(stateWords[target.state].padEnd(9), target.state, isColoured),
      name(target).padEnd(nameWidth),
      fixed(target.statistics.score, 3).padStart(6),
      probability(target.statistics.adjusted_p).padStart(8),
      fixed(target.statistics.js, 3).padStart(6),
      percent(target.statistics.missing).padStart(7),
      percent(target.statistics.outside).padStart(7),
      before.padEnd(widestChart),
      `${now}${remark(target)}`,
    ]
      .join("  ")
      .trimEnd();
  });
  const head = [
    "state".padEnd(9),
    "feature".padEnd(nameWidth),
    "PSI".padStart(6),
    "p".padStart(8),
    "JS".padStart(6),
    "missing".padStart(7),
    "outside".padStart(7),
    "baseline".padEnd(widestChart),
    "now",
  ].join("  ");
  const rest = targets.length - shown.length;
  return [head, ...rows, ...(rest > 0 ? [`… and ${rest} more (--top ${targets.length})`] : [])];
}

/** What the row's numbers do not say. */
function remark(target: TargetReport): string {
  const { decided_by: test, level, new_values: words } = target;
  const isOdd = level === "warn" || level === "critical";
  const cause = isOdd && test !== "distribution" ? `  by its ${test} share` : "";
  const news = words.length > 0 ? `  new: ${listed(words.map(clean), 3)}` : "";
  const once = isOdd && target.state !== "critical" && target.state !== level ? `  this window alone: ${level}` : "";
  return `${cause}${once}${news}`;
}

/** The first few, with commas. */
function listed(names: readonly string[], most = 10): string {
  const rest = names.length - most;
  return `${names.slice(0, most).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

/** Names come from requests: nothing of them may move the cursor. */
function clean(name: string): string {
  const plain = printable(name);
  return plain.length > longestName ? `${plain.slice(0, longestName - 1)}…` : plain;
}

function painted(text: string, state: DriftState, isColoured: boolean): string {
  return isColoured ? `\u001b[${colours[state]}m${text}\u001b[0m` : text;
}

function time(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "?" : `${date.toISOString().slice(0, 19)}Z`;
}

function fixed(value: number | null, digits: number): string {
  return value === null ? "-" : value.toFixed(digits);
}

function percent(value: number | null): string {
  return value === null ? "-" : `${(value * 100).toFixed(1)}%`;
}

function probability(value: number | null): string {
  if (value === null) return "-";
  return value >= 0.001 || value === 0 ? value.toFixed(3) : value.toExponential(0);
}
