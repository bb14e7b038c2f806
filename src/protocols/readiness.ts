/**
 * When a model server is ready, by the rule of its protocol. A model's own route is probed where there is one and the
 * model's name is known, because several servers call themselves ready while their only model is not loaded.
 */
import { getRequest } from "./probe-answer.ts";
import type { HttpAnswer, ProbeAnswer, ProbeRequest } from "./probe-answer.ts";
import { definitions, type Protocol } from "./list.ts";
import { isOk, notReady, quoteAnswer, ready } from "./readiness-rule.ts";
import type { ModelIdentity, Readiness } from "./readiness-rule.ts";

/** The model whose readiness is probed, and how to send a probe. */
export interface ReadinessSubject extends ModelIdentity {
  readonly protocol: Protocol;
  /** A path to GET instead of the protocol's own; any 2xx means ready. Empty for none. */
  readonly path: string;
}

/** The questions, in this order; stop at the first one that gets no answer. */
export function readinessRequests(subject: ReadinessSubject): readonly ProbeRequest[] {
  if (subject.path !== "") return [getRequest(subject.path)];
  return definitions[subject.protocol].readiness.requests(subject);
}

/**
 * Judges the answers to {@link readinessRequests}. The reason says what the server answered and, when it is not
 * ready, what to check; text from the server is cleaned and bounded. Never throws.
 */
export function judgeReadiness(subject: ReadinessSubject, answers: readonly ProbeAnswer[]): Readiness {
  const failed = answers.find((answer) => answer.kind === "failed");
  if (failed !== undefined) return notReady(failed.problem);
  if (answers.some((answer) => answer.kind === "connected")) return ready("the upstream accepts connections");
  const [first, second] = answers.filter((answer): answer is HttpAnswer => answer.kind === "http");
  if (first === undefined) return notReady("the model server has not been checked yet");
  if (subject.path !== "") return judgePath(subject.path, first);
  return definitions[subject.protocol].readiness.judge(subject, first, second);
}

function judgePath(path: string, answer: HttpAnswer): Readiness {
  const reason = `${path} answers ${answer.status}`;
  return isOk(answer) ? ready(reason) : notReady(`${reason}${quoteAnswer(answer)}`);
}
