import type { HttpAnswer } from "./probe-answer.ts";

/** How a protocol recognizes its servers. */
export interface DetectionRule {
  /** Paths to GET. They must have no effects. Paths that many servers have (`/ping`, `/health`, `/metrics`) prove nothing. */
  readonly paths: readonly string[];
  /** True when the answers are those of this protocol. Answers to the paths of all protocols are there. */
  claims(answers: DetectionAnswers): boolean;
  /**
   * Protocols that its servers also support: when they claim the answers too, this one is taken. A wrong choice denies
   * good requests, so name only those of which it is known. Default: none.
   */
  readonly includes?: readonly string[] | "all";
}

/** What the server answered to every question of every protocol. */
export interface DetectionAnswers {
  readonly all: readonly HttpAnswer[];
  /** The answer to a GET of this path; undefined when no protocol asks it. */
  to(path: string): HttpAnswer | undefined;
}
