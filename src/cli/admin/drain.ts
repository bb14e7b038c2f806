import { parseTime } from "../../text/quantity.ts";
import { OutriderError } from "../../errors/outrider-error.ts";
import { adminCall } from "./call.ts";
import { adminTarget, refuseUnless } from "./target.ts";
import { flagText, isSwitchOn, type CommandContext, type Invocation } from "../program/command.ts";

/** `outrider drain`: begins the drain of a running sidecar and waits until nothing is in flight. */
export async function drain(invocation: Invocation, context: CommandContext): Promise<number> {
  const maxMs = maxWaitMs(flagText(invocation, "--max") ?? "30s");
  const { admin, token } = await adminTarget(invocation, context);
  const startedAtMs = performance.now();
  refuseUnless(await adminCall({ admin, token, method: "POST", path: "/drain", timeoutMs: 5000 }), [200]);
  // The sidecar keeps to the limit itself; the few seconds more only guard against one that hangs.
  const waited = await adminCall({
    admin,
    token,
    method: "GET",
    path: `/drain/wait?max=${maxMs}ms`,
    timeoutMs: maxMs + 5000,
  });
  const isDrained = waited.status === 200;
  refuseUnless(waited, [200, 503]);
  const waitedMs = Math.round(performance.now() - startedAtMs);
  if (isSwitchOn(invocation, "--json")) {
    context.write(`${JSON.stringify({ drained: isDrained, waited_ms: waitedMs })}\n`);
  } else if (isDrained) {
    context.write(`Drained after ${waitedMs} ms.\n`);
  }
  if (!isDrained) {
    throw new OutriderError("drain_incomplete", `requests were still in flight after ${waitedMs} ms`);
  }
  return 0;
}

function maxWaitMs(text: string): number {
  const maxMs = parseTime(text);
  if (Number.isNaN(maxMs) || maxMs > 86_400_000) {
    throw new OutriderError("usage", `--max ${text}: a time of at most 24h is expected, e.g. 30s`);
  }
  return maxMs;
}
