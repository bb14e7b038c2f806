import { setTimeout as delay } from "node:timers/promises";

import { parseTime } from "../../text/quantity.ts";
import type { DriftReport } from "../../drift/monitor/drift-report.ts";
import { OutriderError } from "../../errors/outrider-error.ts";
import { adminCall } from "../admin/call.ts";
import { adminTarget, refuseUnless, type AdminTarget } from "../admin/target.ts";
import { flagText, isSwitchOn, type CommandContext, type Invocation } from "../program/command.ts";
import { driftExitCode } from "./drift-exit.ts";
import { driftText, driftTextOptions } from "./text.ts";
import { readTop } from "./drift-top.ts";
import { noModelText } from "./no-model-text.ts";
import { printable } from "../../text/printable.ts";
import { listenForStopSignals } from "../program/stop-signals.ts";

const timeoutMs = 10_000;
/** 64 models of 500 features are 50 MB. */
const maxAnswerBytes = 256 * 1024 * 1024;
/** What scrolled by before is left alone. */
const clearScreen = "\u001b[H\u001b[2J";

/** `outrider drift`: prints the drift of a running sidecar. */
export async function drift(invocation: Invocation, context: CommandContext): Promise<number> {
  const top = readTop(invocation);
  const interval = flagText(invocation, "--interval");
  const intervalMs = readInterval(interval ?? "2s");
  const isWatching = isSwitchOn(invocation, "--watch");
  if (interval !== undefined && !isWatching) throw new OutriderError("usage", "--interval is for --watch");
  const target = await adminTarget(invocation, context);
  const model = flagText(invocation, "--model");
  const look = async (): Promise<Look> => {
    const answer = await askForDrift(target, model);
    const { reports } = answer;
    const isJson = isSwitchOn(invocation, "--json");
    const text = isJson ? `${JSON.stringify(answer)}\n` : driftText(reports, driftTextOptions(context, top));
    const isExplained = reports.length > 0 || isJson;
    return { text: isExplained ? text : await emptyText(target, model, answer), exitCode: driftExitCode(reports) };
  };
  if (isWatching) return watch(context, intervalMs, look);
  const { text, exitCode } = await look();
  context.write(text);
  return exitCode;
}

interface Look {
  readonly text: string;
  readonly exitCode: number;
}

/**
 * Looks again and again. On a terminal a text that did not change is not printed again; a file or a pipe gets every look.
 * The code is that of the last look.
 */
async function watch(context: CommandContext, intervalMs: number, look: () => Promise<Look>): Promise<number> {
  const signals = listenForStopSignals();
  const stopped = signals.next();
  const waiting = new AbortController();
  let printed = "";
  try {
    for (;;) {
      const { text, exitCode } = await look();
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
  if (reason !== undefined) return `There is no drift to show: ${printable(reason)}\n`;
  const others = model === undefined ? [] : (await askForDrift(target, undefined)).reports;
  return noModelText(model, others);
}

async function askForDrift({ admin, token }: AdminTarget, model: string | undefined): Promise<DriftAnswer> {
  const query = model === undefined ? "" : `?model=${encodeURIComponent(model)}`;
  const call = {
    admin,
    token,
    method: "GET",
    path: `/drift${query}`,
    timeoutMs,
    maxBodyLength: maxAnswerBytes,
  } as const;
  const answer = await adminCall(call);
  refuseUnless(answer, [200]);
  const read = readAnswer(answer.body);
  if (read === undefined) {
    throw new OutriderError("admin_refused", "the answer is no drift report; is this the admin port of a sidecar?");
  }
  return read;
}

interface DriftAnswer {
  readonly reports: readonly DriftReport[];
  /** Why there are none, if the sidecar said so. */
  readonly reason?: string;
}

function readAnswer(body: string): DriftAnswer | undefined {
  try {
    const { reports, reason } = JSON.parse(body) as Partial<DriftAnswer>;
    if (!Array.isArray(reports) || !reports.every((report) => Array.isArray(report?.targets))) return undefined;
    return typeof reason === "string" ? { reports, reason } : { reports };
  } catch {
    return undefined;
  }
}

function readInterval(text: string): number {
  const intervalMs = parseTime(text);
  if (Number.isNaN(intervalMs) || intervalMs < 1 || intervalMs > 3_600_000) {
    throw new OutriderError("usage", `--interval ${text}: a time from 1ms to 1h is expected, e.g. 2s`);
  }
  return intervalMs;
}
