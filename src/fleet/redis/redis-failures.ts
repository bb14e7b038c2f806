import type { Clock } from "../../clock.ts";
import type { FailureReason, Outcome, StoreHealth } from "../store.ts";

/** Patterns in error messages of Redis and its client, with their reasons. The first match counts. */
const meanings: readonly (readonly [RegExp, FailureReason])[] = [
  [/\bOOM\b/, "out_of_memory"],
  [/\bREADONLY\b/, "read_only"],
  [/\bLOADING\b/, "loading"],
  [/\bBUSY\b|\bUNKILLABLE\b/, "busy"],
  [/\bNOAUTH\b|\bWRONGPASS\b|\bNOPERM\b|invalid password|unauthenticated|certificate/, "denied"],
  [/\bMISCONF\b|\bMASTERDOWN\b|\bNOREPLICAS\b|\bCLUSTERDOWN\b|\bTRYAGAIN\b|max number of clients/, "unavailable"],
  [/\bMOVED\b|\bASK\b|\bCROSSSLOT\b/, "moved"],
  [/\bFUTURE\b/, "clock"],
  [/timed out|ETIMEDOUT|Socket timeout/, "timeout"],
  [/\bWRONGTYPE\b|Please report|queue state error/, "garbage"],
  [/Stream isn't writeable|Connection is closed|max retries|aborted due to connection/, "unreachable"],
];

/** The reason for an error of the Redis client. An unknown message with a system error code is a connection error. */
export function redisFailure(error: unknown): FailureReason {
  if (!(error instanceof Error)) return "other";
  const found = meanings.find(([words]) => words.test(error.message));
  if (found !== undefined) return found[1];
  return "code" in error || error.name === "MaxRetriesPerRequestError" ? "unreachable" : "other";
}

/** Counts failed calls by reason, and keeps the time of the last success. */
export class FailureCounters {
  readonly #clock: Clock;
  readonly #failures = new Map<FailureReason, number>();
  #lastSuccessMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  succeed(): void {
    this.#lastSuccessMs = this.#clock.wallMs();
  }

  /** Counts a failure and returns it as an outcome. */
  fail(reason: FailureReason): Outcome<never> {
    this.#failures.set(reason, (this.#failures.get(reason) ?? 0) + 1);
    return { kind: "failed", reason };
  }

  health(): StoreHealth {
    return { failures: new Map(this.#failures), lastSuccessMs: this.#lastSuccessMs };
  }
}
