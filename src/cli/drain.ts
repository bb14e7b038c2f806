import { readFile } from "node:fs/promises";

import { parseAddress, type Address } from "../config/address.ts";
import { parseTime } from "../config/quantity.ts";
import { OutriderError } from "../errors.ts";
import { adminCall, type AdminAnswer } from "./admin-call.ts";
import { flagText, isSwitchOn, type CommandContext, type Invocation } from "./command.ts";

/** `outrider drain`: begins the drain of a running sidecar and waits until nothing is in flight. */
export async function drain(invocation: Invocation, context: CommandContext): Promise<number> {
  const admin = adminAddress(flagText(invocation, "--admin") ?? context.environment["OUTRIDER_ADMIN_LISTEN"]);
  const maxMs = longestWait(flagText(invocation, "--max") ?? "30s");
  const token = await readToken(flagText(invocation, "--token-file"));
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

/** An address to listen on is not always one to connect to: `0.0.0.0` and `[::]` mean this machine. */
function adminAddress(text: string | undefined): Address {
  const reading = parseAddress(text ?? "127.0.0.1:18090");
  if (reading.kind === "wrong") {
    throw new OutriderError("usage", `--admin ${text ?? ""}: ${reading.problem}, e.g. 127.0.0.1:18090`);
  }
  const { host, port } = reading.value;
  if (port === 0) {
    throw new OutriderError("usage", "--admin needs the port that the sidecar printed at start, not 0");
  }
  const local: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };
  return { host: local[host] ?? host, port };
}

function longestWait(text: string): number {
  const maxMs = parseTime(text);
  if (Number.isNaN(maxMs) || maxMs > 86_400_000) {
    throw new OutriderError("usage", `--max ${text}: a time of at most 24h is expected, e.g. 30s`);
  }
  return maxMs;
}

async function readToken(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) {
    return undefined;
  }
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    throw new OutriderError("file_unreadable", `${file}: ${(error as Error).message}`, { cause: error });
  }
}

function refuseUnless(answer: AdminAnswer, statuses: readonly number[]): void {
  if (!statuses.includes(answer.status)) {
    const detail = answer.body.trim().slice(0, 200);
    throw new OutriderError(
      "admin_refused",
      `the sidecar answered ${answer.status}${detail === "" ? "" : `: ${detail}`}`,
    );
  }
}
