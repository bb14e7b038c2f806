import { cleanLabelName } from "../text/label-name.ts";
import { jsonObjectOf } from "./probe-answer.ts";
import type { HttpAnswer, ProbeRequest } from "./probe-answer.ts";

/** Whether a model server is ready. The reason is one line for the operator: cleaned, bounded, without control characters. */
export interface Readiness {
  readonly isReady: boolean;
  readonly reason: string;
}

/** The model whose readiness is in question. Both are empty when unknown. */
export interface ModelIdentity {
  readonly modelName: string;
  /**
   * Never part of a question: often it is the operator's own label, which the server does not know, and then a server
   * that is ready would look as if it were not.
   */
  readonly modelVersion: string;
}

/** How the readiness of a protocol's servers is probed. */
export interface ReadinessRule {
  /** The questions, in this order. */
  readonly requests: (model: ModelIdentity) => readonly ProbeRequest[];
  /** Called with the answers to the first two requests. */
  readonly judge: (model: ModelIdentity, first: HttpAnswer, second: HttpAnswer | undefined) => Readiness;
}

/** Advice for a server whose protocol can only be probed with a model's name. */
export const nameTheModel = "name one with --model-name";

const maxQuoteLength = 160;

/** The verdict that the server is ready; `reason` says which answer shows it. */
export function ready(reason: string): Readiness {
  return { isReady: true, reason };
}

/** The verdict that the server is not ready; `reason` says why and what to check. */
export function notReady(reason: string): Readiness {
  return { isReady: false, reason };
}

/** True for a status of 200 to 299; a redirect is not followed and does not count. */
export function isOk(answer: HttpAnswer): boolean {
  return answer.status >= 200 && answer.status < 300;
}

/** A model's name in quotes, cleaned so that it may be part of a reason. */
export function quoteName(name: string): string {
  return `"${cleanLabelName(name)}"`;
}

/** The beginning of an answer's body, cleaned, as the end of a reason; empty when the body is. */
export function quoteAnswer(answer: HttpAnswer): string {
  const text = cleanLabelName(answer.body.replace(/\s+/g, " ").trim());
  if (text === "") return "";
  return `; it says: ${text.length > maxQuoteLength ? `${text.slice(0, maxQuoteLength)}…` : text}`;
}

/** The verdict on an answer that the protocol does not define: not ready, with advice on what may be wrong. */
export function unexpected(
  path: string,
  answer: HttpAnswer,
  advice = "is this the right protocol and port?",
): Readiness {
  return notReady(
    `${path} answers ${answer.status}, which says nothing about readiness; ${advice}${quoteAnswer(answer)}`,
  );
}

/** The verdict on a model's own route: 2xx unless the body says otherwise, 400 and 503 not ready, 404 unknown. */
export function judgeModelRoute(path: string, model: ModelIdentity, answer: HttpAnswer): Readiness {
  const name = quoteName(model.modelName);
  if (isOk(answer) && isSaidReady(answer)) return ready(`model ${name} is ready`);
  if (isOk(answer) || answer.status === 400 || answer.status === 503) {
    return notReady(`model ${name} is not ready${quoteAnswer(answer)}`);
  }
  if (answer.status === 404) return notReady(`the server has no model ${name}${quoteAnswer(answer)}`);
  return unexpected(path, answer);
}

/** True unless the body denies it: MLServer and Triton send no body, older KServe servers wrote "False". */
export function isSaidReady(answer: HttpAnswer): boolean {
  const said = jsonObjectOf(answer)?.["ready"];
  return said === undefined || said === true || (typeof said === "string" && said.toLowerCase() === "true");
}
