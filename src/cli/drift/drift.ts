import { setTimeout as delay } from "node:timers/promises";

import type { DriftReport } from "../../drift/monitor/drift-report.ts";
import { OutriderError } from "../../errors/outrider-error.ts";
import { askForReport, noModelText } from "../admin/report.ts";
import { adminTarget, type AdminTarget } from "../admin/target.ts";
import { flagText, isSwitchOn, type CommandContext, type Invocation } from "../program/command.ts";
import { driftExitCode } from "./state.ts";
import { defaultTop, driftText, driftTextOptions } from "./text.ts";
import { countFlag, timeFlag } from "../program/flag-values.ts";
import { printable } from "../../text/printable.ts";
import { listenForStopSignals } from "../program/stop-signals.ts";

/** 64 models of 500 features are 50 MB. */
const maxAnswerBytes = 256 * 1024 * 1024;
/** Clears the screen but keeps the scrollback. */
const clearScreen = "\u001b[H\u001b[2J";

/** `outrider drift`: prints the drift of a running sidecar. */
export async function drift(invocation: Invocation, context: CommandContext): Promise<number> {
  const top = countFlag(invocation, "--top") ?? defaultTop;
  const intervalMs = timeFlag(invocation, "--interval", { default: "2s", min: "1ms", max: "1h" });
  const isWatching = isSwitchOn(invocation, "--watch");
  if (flagText(invocation, "--interval") !== undefined && !isWatching) {
    throw new OutriderError("usage", "--interval needs --watch");
  }
  const target = await adminTarget(invocation, context);
  const model = flagText(invocation, "--model");
  const fetchReport = async (): Promise<PrintedReport> => {
    const answer = await askForDrift(target, model);
    const { reports } = answer;
    const isJson = isSwitchOn(invocation, "--json");
    const text = isJson ? `${JSON.stringify(answer)}\n` : driftText(reports, driftTextOptions(context, top));
    const isExplained = reports.length > 0 || isJson;
    return { text: isExplained ? text : await emptyText(target, model, answer), exitCode: driftExitCode(reports) };
  };
  if (isWatching) return watch(context, intervalMs, fetchReport);
  const { text, exitCode } = await fetchReport();
  context.write(text);
  return exitCode;
}

interface PrintedReport {
  readonly text: string;
  readonly exitCode: number;
}

/**
 * Fetches and prints the report until a signal. A terminal is redrawn only when the text has changed; a file or pipe gets
 * every report. The exit code is that of the last report.
 */
async function watch(
  context: CommandContext,
  intervalMs: number,
  fetchReport: () => Promise<PrintedReport>,
): Promise<number> {
  const signals = listenForStopSignals();
  const stopped = signals.next();
  const waiting = new AbortController();
  let printed = "";
  try {
    for (;;) {
      const { text, exitCode } = await fetchReport();
      if (!context.isTerminal) context.write(text);
      else if (text !== printed) context.write(`${clearScreen}${text}`);
      printed = text;
      const pause = delay(intervalMs, "passed" as const, { signal: waiting.signal });
      if ((await Promise.race([stopped, pause])) === "passed") continue;
      pause.catch(() => undefined);
      return exitCode;
    }
  } finally {
    waiting.abort();
    signals.close();
  }
}

/** Why there is nothing to show. */
async function emptyText(target: AdminTarget, model: string | undefined, { reason }: DriftAnswer): Promise<string> {
  if (reason !== undefined) return `There is no drift report: ${printable(reason)}\n`;
  const others = model === undefined ? [] : (await askForDrift(target, undefined)).reports;
  return noModelText(model, others);
}

async function askForDrift(target: AdminTarget, model: string | undefined): Promise<DriftAnswer> {
  const query = model === undefined ? "" : `?model=${encodeURIComponent(model)}`;
  return askForReport(target, {
    path: `/drift${query}`,
    topic: "drift",
    maxBodyLength: maxAnswerBytes,
    read: readAnswer,
  });
}

interface DriftAnswer {
  readonly reports: readonly DriftReport[];
  /** Why there are none, when the sidecar gave a reason. */
  readonly reason?: string;
}

function readAnswer(value: unknown): DriftAnswer | undefined {
  const { reports, reason } = (value ?? {}) as Partial<DriftAnswer>;
  if (!Array.isArray(reports) || !reports.every((report) => Array.isArray(report?.targets))) return undefined;
  return typeof reason === "string" ? { reports, reason } : { reports };
}
