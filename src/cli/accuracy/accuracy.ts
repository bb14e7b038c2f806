import { OutriderError } from "../../errors/outrider-error.ts";
import type { ModelAccuracy } from "../../accuracy/label-monitor.ts";
import { accuracyText } from "./text.ts";
import { adminCall } from "../admin/call.ts";
import { adminTarget, refuseUnless, type AdminTarget } from "../admin/target.ts";
import { isColoured } from "../terminal/abilities.ts";
import { flagText, isSwitchOn, type CommandContext, type Invocation } from "../program/command.ts";
import { driftExitCodes } from "../drift/drift-exit.ts";
import { noModelText } from "../drift/no-model-text.ts";
import { printable } from "../../text/printable.ts";

const timeoutMs = 10_000;
/** 64 models of 49 windows are 5 MB. */
const maxAnswerBytes = 32 * 1024 * 1024;

/** `outrider accuracy`: prints how right the models behind a running sidecar are. */
export async function accuracy(invocation: Invocation, context: CommandContext): Promise<number> {
  const model = flagText(invocation, "--model");
  const { models: all, reason } = await askForAccuracy(await adminTarget(invocation, context));
  const models = all.filter((one) => model === undefined || one.model === model);
  if (isSwitchOn(invocation, "--json")) {
    context.write(`${JSON.stringify(reason === undefined ? { models } : { models, reason })}\n`);
  } else if (reason !== undefined && models.length === 0) {
    context.write(`There is no accuracy to show: ${printable(reason)}\n`);
  } else if (models.length === 0) {
    context.write(noModelText(model, all));
  } else {
    context.write(accuracyText(models, isColoured(context.isTerminal, context.environment)));
  }
  if (models.some(({ classes }) => classes?.dropped === true)) return driftExitCodes.critical;
  return models.some(({ ready }) => ready) ? driftExitCodes.ok : driftExitCodes.not_ready;
}

interface AccuracyAnswer {
  readonly models: readonly ModelAccuracy[];
  /** Why there are none, if the sidecar said so. */
  readonly reason?: string;
}

async function askForAccuracy({ admin, token }: AdminTarget): Promise<AccuracyAnswer> {
  const call = {
    admin,
    token,
    method: "GET",
    path: "/accuracy",
    timeoutMs,
    maxBodyLength: maxAnswerBytes,
  } as const;
  const answer = await adminCall(call);
  refuseUnless(answer, [200]);
  const read = readAnswer(answer.body);
  if (read === undefined) {
    const problem = "the answer says nothing about accuracy; is this the admin port of a sidecar?";
    throw new OutriderError("admin_refused", problem);
  }
  return read;
}

/** A sidecar that reads no bodies gives a reason and no models. */
function readAnswer(body: string): AccuracyAnswer | undefined {
  try {
    const { models, reason } = JSON.parse(body) as Partial<AccuracyAnswer>;
    if (models === undefined && typeof reason === "string") return { models: [], reason };
    const isReport = Array.isArray(models) && models.every((model) => typeof model?.estimate === "object");
    return isReport ? { models } : undefined;
  } catch {
    return undefined;
  }
}
