import { OutriderError } from "../errors.ts";
import type { ModelAccuracy } from "../labels/label-monitor.ts";
import { accuracyText } from "./accuracy-text.ts";
import { adminCall } from "./admin-call.ts";
import { adminTarget, refuseUnless, type AdminTarget } from "./admin-target.ts";
import { isColoured } from "./colour.ts";
import { flagText, isSwitchOn, type CommandContext, type Invocation } from "./command.ts";
import { driftExitCodes } from "./drift-exit.ts";

const timeoutMs = 10_000;
/** 64 models of 49 windows are 5 MB. */
const longestAnswer = 32 * 1024 * 1024;

/** `outrider accuracy`: prints how right the models behind a running sidecar are. */
export async function accuracy(invocation: Invocation, context: CommandContext): Promise<number> {
  const model = flagText(invocation, "--model");
  const all = await askForAccuracy(await adminTarget(invocation, context));
  const models = all.filter((one) => model === undefined || one.model === model);
  const text = isSwitchOn(invocation, "--json")
    ? `${JSON.stringify({ models })}\n`
    : accuracyText(models, isColoured(context.isTerminal, context.environment));
  context.write(text);
  if (models.some(({ classes }) => classes?.dropped === true)) return driftExitCodes.critical;
  return models.some(({ ready }) => ready) ? driftExitCodes.ok : driftExitCodes.not_ready;
}

async function askForAccuracy({ admin, token }: AdminTarget): Promise<readonly ModelAccuracy[]> {
  const call = { admin, token, method: "GET", path: "/accuracy", timeoutMs, maxBodyLength: longestAnswer } as const;
  const answer = await adminCall(call);
  refuseUnless(answer, [200]);
  const models = readModels(answer.body);
  if (models === undefined) {
    const reason = "the answer says nothing about accuracy; does this sidecar read bodies (`reading.sample`)?";
    throw new OutriderError("admin_refused", reason);
  }
  return models;
}

function readModels(body: string): readonly ModelAccuracy[] | undefined {
  try {
    const { models } = JSON.parse(body) as { readonly models?: readonly ModelAccuracy[] };
    const isReport = Array.isArray(models) && models.every((model) => typeof model?.estimate === "object");
    return isReport ? models : undefined;
  } catch {
    return undefined;
  }
}
