import { cleanLabelName } from "../text/label-name.ts";
import { jsonObjectOf } from "./probe-answer.ts";
import type { HttpAnswer, ProbeRequest } from "./probe-answer.ts";

/** Whether a model server is ready, and why, in words for whoever is on call. */
export interface Readiness {
  readonly isReady: boolean;
  readonly reason: string;
}

/** Whose readiness is asked for. Both are empty when unknown. */
export interface ModelIdentity {
  readonly modelName: string;
  /**
   * Never put into a question: often it is the operator's own label, which the server does not know, and a server
   * that is ready must not look as if it were not.
   */
  readonly modelVersion: string;
}

/** How one protocol tells its readiness. */
export interface ReadinessRule {
  /** What to ask, in this order. */
  readonly requests: (model: ModelIdentity) => readonly ProbeRequest[];
  /** Called with one answer for each request. */
  readonly judge: (model: ModelIdentity, first: HttpAnswer, second: HttpAnswer | undefined) => Readiness;
}

/** Advice for a server whose protocol can only be asked about a model by its name. */
export const nameTheModel = "name one with --model-name";

const maxQuoteLength = 160;

/** A positive verdict. */
export function ready(reason: string): Readiness {
  return { isReady: true, reason };
}

/** A negative verdict. */
export function notReady(reason: string): Readiness {
  return { isReady: false, reason };
}

/** True for 2xx. */
export function isOk(answer: HttpAnswer): boolean {
  return answer.status >= 200 && answer.status < 300;
}

/** A model's name as it may stand in a reason. */
export function quoteName(name: string): string {
  return `"${cleanLabelName(name)}"`;
}

/** A short piece of what the server said, cleaned, as the end of a reason; empty when it said nothing. */
export function quoteAnswer(answer: HttpAnswer): string {
  const text = cleanLabelName(answer.body.replace(/\s+/g, " ").trim());
  if (text === "") return "";
  return `; it says: ${text.length > maxQuoteLength ? `${text.slice(0, maxQuoteLength)}…` : text}`;
}

/** The verdict on an answer that the protocol does not know. */
export function unexpected(
  path: string,
  answer: HttpAnswer,
  advice = "is this the right protocol and port?",
): Readiness {
  return notReady(
    `${path} answers ${answer.status}, which tells nothing about readiness; ${advice}${quoteAnswer(answer)}`,
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

/** False only when the body says so: MLServer and Triton have no body, older KServe servers wrote "False". */
export function isSaidReady(answer: HttpAnswer): boolean {
  const said = jsonObjectOf(answer)?.["ready"];
  return said === undefined || said === true || (typeof said === "string" && said.toLowerCase() === "true");
}
