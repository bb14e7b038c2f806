import type { ModelAccuracy } from "../../accuracy/label-monitor.ts";
import { accuracyText } from "./text.ts";
import { askForReport, noModelText, type ReportQuestion } from "../admin/report.ts";
import { adminTarget } from "../admin/target.ts";
import { isColoured } from "../terminal/abilities.ts";
import { flagText, isSwitchOn, type CommandContext, type Invocation } from "../program/command.ts";
import { driftExitCodes } from "../drift/state.ts";
import { printable } from "../../text/printable.ts";

/** 64 models of 49 windows are 5 MB. */
const maxAnswerBytes = 32 * 1024 * 1024;

/** `outrider accuracy`: prints the accuracy of the models behind a running sidecar. */
export async function accuracy(invocation: Invocation, context: CommandContext): Promise<number> {
  const model = flagText(invocation, "--model");
  const { models: all, reason } = await askForReport(await adminTarget(invocation, context), question);
  const models = all.filter((one) => model === undefined || one.model === model);
  if (isSwitchOn(invocation, "--json")) {
    context.write(`${JSON.stringify(reason === undefined ? { models } : { models, reason })}\n`);
  } else if (reason !== undefined && models.length === 0) {
    context.write(`There is no accuracy report: ${printable(reason)}\n`);
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
  /** Why there are none, when the sidecar gave a reason. */
  readonly reason?: string;
}

const question: ReportQuestion<AccuracyAnswer> = {
  path: "/accuracy",
  topic: "accuracy",
  maxBodyLength: maxAnswerBytes,
  read: readAnswer,
};

/** A sidecar that does not read bodies gives a reason instead of models. */
function readAnswer(value: unknown): AccuracyAnswer | undefined {
  const { models, reason } = (value ?? {}) as Partial<AccuracyAnswer>;
  if (models === undefined && typeof reason === "string") return { models: [], reason };
  const isReport = Array.isArray(models) && models.every((model) => typeof model?.estimate === "object");
  return isReport ? { models } : undefined;
}
