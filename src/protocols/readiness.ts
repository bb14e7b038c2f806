/**
 * When a model server is ready, as each protocol says it. A model's own route is asked where there is one and the
 * model's name is known, because several servers call themselves ready while their only model is not loaded.
 */
import { getRequest } from "./probe-answer.ts";
import type { HttpAnswer, ProbeAnswer, ProbeRequest } from "./probe-answer.ts";
import type { Protocol } from "./protocol.ts";
import { bentomlReadiness } from "./bentoml/readiness.ts";
import { kserveV1Readiness } from "./kserve-v1/readiness.ts";
import { kserveV2Readiness } from "./kserve-v2/readiness.ts";
import { mlflowReadiness } from "./mlflow/readiness.ts";
import { openaiReadiness } from "./openai/readiness.ts";
import { isOk, notReady, quoteAnswer, ready } from "./readiness-rule.ts";
import type { ModelIdentity, Readiness, ReadinessRule } from "./readiness-rule.ts";
import { tensorflowServingReadiness } from "./tensorflow-serving/readiness.ts";
import { torchserveReadiness } from "./torchserve/readiness.ts";

/** Whose readiness is asked for, and how. */
export interface ReadinessSubject extends ModelIdentity {
  readonly protocol: Protocol;
  /** A path to GET instead of the protocol's own; any 2xx means ready. Empty for none. */
  readonly path: string;
}

const rules: Readonly<Record<Exclude<Protocol, "generic">, ReadinessRule>> = {
  mlflow: mlflowReadiness,
  "tensorflow-serving": tensorflowServingReadiness,
  torchserve: torchserveReadiness,
  "kserve-v1": kserveV1Readiness,
  "kserve-v2": kserveV2Readiness,
  bentoml: bentomlReadiness,
  openai: openaiReadiness,
};

/** What to ask, in this order; stop at the first question that gets no answer. Of `generic` only a connection is asked. */
export function readinessRequests(subject: ReadinessSubject): readonly ProbeRequest[] {
  if (subject.path !== "") return [getRequest(subject.path)];
  return subject.protocol === "generic" ? [{ kind: "connect" }] : rules[subject.protocol].requests(subject);
}

/**
 * Judges the answers to {@link readinessRequests}. The reason says what the server answered and, when it is not
 * ready, what to look at; text from the server is cleaned and bounded. Never throws.
 */
export function judgeReadiness(subject: ReadinessSubject, answers: readonly ProbeAnswer[]): Readiness {
  const failed = answers.find((answer) => answer.kind === "failed");
  if (failed !== undefined) return notReady(failed.problem);
  if (answers.some((answer) => answer.kind === "connected")) return ready("the upstream accepts connections");
  const [first, second] = answers.filter((answer): answer is HttpAnswer => answer.kind === "http");
  if (first === undefined) return notReady("the model server has not been asked yet");
  if (subject.path !== "") return judgePath(subject.path, first);
  if (subject.protocol === "generic") return ready("the upstream answers");
  return rules[subject.protocol].judge(subject, first, second);
}

function judgePath(path: string, answer: HttpAnswer): Readiness {
  const reason = `${path} answers ${answer.status}`;
  return isOk(answer) ? ready(reason) : notReady(`${reason}${quoteAnswer(answer)}`);
}
