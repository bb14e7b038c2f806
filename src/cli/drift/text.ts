/** Drift reports as text for a terminal. */
import type { DriftReport } from "../../drift/monitor/drift-report.ts";
import { isColoured, isUtf8 } from "../terminal/abilities.ts";
import type { CommandContext } from "../program/command.ts";
import { driftTable, type DriftTableOptions } from "./table.ts";
import { durationText } from "../../text/duration-text.ts";
import { cleanName, listedNames } from "../terminal/text.ts";
import { formatCount } from "../../text/number-text.ts";
import { stateText } from "./state.ts";

/** Targets shown of each model, unless `--top` says otherwise. */
export const defaultTop = 20;

/** Options of {@link driftText}. */
export interface DriftTextOptions extends DriftTableOptions {
  /** Text for a model without a name. */
  readonly unnamed: string;
  /** Milliseconds since the epoch, for the age of a verdict. */
  readonly nowMs: number;
}

/** Options for the terminal of a command. */
export function driftTextOptions({ isTerminal, environment, columns }: CommandContext, top: number): DriftTextOptions {
  return {
    isColoured: isColoured(isTerminal, environment),
    isUtf8: isUtf8(environment),
    top,
    columns: isTerminal ? columns : undefined,
    unnamed: "(no name)",
    nowMs: Date.now(),
  };
}

/** One block of lines for each report; empty without reports. */
export function driftText(reports: readonly DriftReport[], options: DriftTextOptions): string {
  return reports.map((report) => reportText(report, options)).join("\n");
}

function reportText(report: DriftReport, options: DriftTextOptions): string {
  const lines = [headline(report, options), ...facts(report, options.nowMs), ...changeLines(report)];
  if (report.targets.length > 0 && report.window !== null) lines.push("", ...driftTable(report, options));
  return `${lines.join("\n")}\n`;
}

function headline({ model, version, variant, scope, state }: DriftReport, options: DriftTextOptions): string {
  const named = [model === "" ? options.unnamed : model, version, variant]
    .filter((part) => part !== "")
    .map(cleanName)
    .join(" ");
  return `${named}${scope === "fleet" ? " (all replicas)" : ""}: ${stateText(state, options.isColoured)}`;
}

function facts(report: DriftReport, nowMs: number): readonly string[] {
  const { baseline, thresholds } = report;
  const lines: string[] = [];
  if (baseline !== null) {
    const origin = baseline.kind === "learned" ? "learned from the first requests" : cleanName(baseline.name);
    lines.push(`baseline  ${origin}, ${formatCount(Math.round(baseline.rows))} rows, made ${baseline.created_at}`);
  }
  lines.push(...windowLines(report, nowMs));
  const { false_discovery: q, warn_psi: warn, critical_psi: critical } = thresholds;
  lines.push(`rule      q ${q}, PSI ${warn} warns, ${critical} is critical`);
  lines.push(...readinessLines(report));
  return lines;
}

/** The window of the verdict, and progress towards the next one. */
function windowLines({ window, scope, collecting }: DriftReport, nowMs: number): readonly string[] {
  if (window === null) return [];
  const requests = formatCount(Math.round(window.requests));
  if (scope === "file") return [`window    ${requests} rows`];
  const counts = `${formatCount(Math.round(window.rows))} rows, n ${formatCount(Math.round(window.effective_rows))}`;
  const age = durationText(Math.max(0, Math.round((nowMs - window.to_ms) / 1000)));
  // The open windows of a fleet are in its replicas.
  const next =
    collecting === null || scope === "fleet"
      ? ""
      : `; since then: ${formatCount(Math.floor(collecting.effective_rows))} of ${formatCount(collecting.needed)} requests`;
  return [
    `window    ${time(window.from_ms)} to ${time(window.to_ms)}, ${requests} requests, ${counts}`,
    `verdict   ${age} old${next}`,
  ];
}

/** Why there is no verdict on any target, or on some. Nothing when only the next window is incomplete. */
function readinessLines({ ready, reason, state, scope, targets }: DriftReport): readonly string[] {
  if (ready || reason === "") return [];
  const hint = scope === "file" ? " (--min-rows lowers the minimum)" : "";
  if (state === "not_ready") return [`not ready ${reason}${hint}`];
  return targets.some((target) => target.state === "not_ready") ? [`partly    ${reason}${hint}`] : [];
}

function changeLines({ changes, targets, unwatched_features: unwatched }: DriftReport): readonly string[] {
  const unknown = changes.unknown.map(({ name, rows }) => `${cleanName(name)} (${formatCount(Math.round(rows))} rows)`);
  const retyped = changes.retyped.map(({ name, was, came_as: now }) => `${cleanName(name)} (${was} came as ${now})`);
  const more = changes.unknown_dropped > 0 ? ", and more" : "";
  const features = targets.filter(({ kind }) => kind === "feature").length;
  const isForeign = features > 0 && changes.absent.length >= features;
  return [
    ...(isForeign ? ["foreign   most rows have no feature of the baseline: is it the baseline of this model?"] : []),
    ...(changes.absent.length > 0 ? [`absent    ${listedNames(changes.absent.map(cleanName))}`] : []),
    ...(unknown.length > 0 ? [`unknown   ${listedNames(unknown)}${more}`] : []),
    ...(retyped.length > 0 ? [`retyped   ${listedNames(retyped)}`] : []),
    ...(unwatched > 0 ? [`unwatched ${unwatched} features, because there are too many`] : []),
  ];
}

function time(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "?" : `${date.toISOString().slice(0, 19)}Z`;
}
