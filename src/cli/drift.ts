import { setTimeout as delay } from "node:timers/promises";

import { parseTime } from "../config/quantity.ts";
import type { DriftReport } from "../drift/drift-report.ts";
import { OutriderError } from "../errors.ts";
import { adminCall } from "./admin-call.ts";
import { adminTarget, refuseUnless, type AdminTarget } from "./admin-target.ts";
import { flagText, isSwitchOn, type CommandContext, type Invocation } from "./command.ts";
import { driftExitCode } from "./drift-exit.ts";
import { driftText, driftTextOptions } from "./drift-text.ts";
import { readTop } from "./drift-top.ts";
import { listenForStopSignals } from "./stop-signals.ts";

const timeoutMs = 10_000;
/** 64 models of 500 features are 50 MB. */
const longestAnswer = 256 * 1024 * 1024;
const clearScreen = "\u001b[H\u001b[2J\u001b[3J";

/** `outrider drift`: prints the drift of a running sidecar. */
export async function drift(invocation: Invocation, context: CommandContext): Promise<number> {
  const top = readTop(invocation);
  const intervalMs = readInterval(flagText(invocation, "--interval") ?? "2s");
  const target = await adminTarget(invocation, context);
  const model = flagText(invocation, "--model");
  const show = (reports: readonly DriftReport[]): string =>
    isSwitchOn(invocation, "--json")
      ? `${JSON.stringify({ reports })}\n`
      : driftText(reports, driftTextOptions(context, top));
  if (!isSwitchOn(invocation, "--watch")) {
    const reports = await askForDrift(target, model);
    context.write(show(reports));
    return driftExitCode(reports);
  }
  return watch(context, intervalMs, async () => {
    const reports = await askForDrift(target, model);
    return { text: show(reports), exitCode: driftExitCode(reports) };
  });
}

/** Looks again and again; a text that did not change is not printed again. The code is that of the last look. */
async function watch(
  context: CommandContext,
  intervalMs: number,
  look: () => Promise<{ readonly text: string; readonly exitCode: number }>,
): Promise<number> {
  const signals = listenForStopSignals();
  const stopped = signals.next();
  const waiting = new AbortController();
  let printed = "";
  try {
    for (;;) {
      const { text, exitCode } = await look();
      if (text !== printed) context.write(context.isTerminal ? `${clearScreen}${text}` : text);
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

async function askForDrift({ admin, token }: AdminTarget, model: string | undefined): Promise<readonly DriftReport[]> {
  const query = model === undefined ? "" : `?model=${encodeURIComponent(model)}`;
  const call = {
    admin,
    token,
    method: "GET",
    path: `/drift${query}`,
    timeoutMs,
    maxBodyLength: longestAnswer,
  } as const;
  const answer = await adminCall(call);
  refuseUnless(answer, [200]);
  const reports = readReports(answer.body);
  if (reports === undefined) {
    throw new OutriderError("admin_refused", "the answer is no drift report; is this the admin port of a sidecar?");
  }
  return reports;
}

function readReports(body: string): readonly DriftReport[] | undefined {
  try {
    const { reports } = JSON.parse(body) as { readonly reports?: readonly DriftReport[] };
    return Array.isArray(reports) && reports.every((report) => Array.isArray(report?.targets)) ? reports : undefined;
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
