import type { HttpAnswer } from "./probe-answer.ts";

/** How `--protocol auto` recognizes the servers of a protocol. */
export interface DetectionRule {
  /** Paths to GET. They must have no effects. Paths that many servers have (`/ping`, `/health`, `/metrics`) prove nothing. */
  readonly paths: readonly string[];
  /** True when the answers are those of this protocol. Answers to the paths of all protocols are there. */
  claims(answers: DetectionAnswers): boolean;
  /**
   * Protocols that its servers also support: when they claim the answers too, this one is taken. A wrong choice denies
   * good requests, so name only those that every server supports. Default: none.
   */
  readonly includes?: readonly string[] | "all";
}

/** The server's responses to the probes of all protocols. */
export interface DetectionAnswers {
  readonly all: readonly HttpAnswer[];
  /** The response to a GET of this path; undefined when no protocol probes it. */
  to(path: string): HttpAnswer | undefined;
}
