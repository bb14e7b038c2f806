import { OutriderError } from "../../errors/outrider-error.ts";
import { timeFlag } from "../program/flag-values.ts";
import { adminCall } from "./call.ts";
import { adminTarget, refuseUnless } from "./target.ts";
import { isSwitchOn, type CommandContext, type Invocation } from "../program/command.ts";

/** `outrider drain`: begins the drain of a running sidecar and waits until nothing is in flight. */
export async function drain(invocation: Invocation, context: CommandContext): Promise<number> {
  const maxMs = timeFlag(invocation, "--max", { default: "30s", min: "0s", max: "24h" });
  const { admin, token } = await adminTarget(invocation, context);
  const startedAtMs = performance.now();
  refuseUnless(await adminCall({ admin, token, method: "POST", path: "/drain", timeoutMs: 5000 }), [200]);
  // The sidecar keeps the limit itself. The extra seconds guard against one that hangs.
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
