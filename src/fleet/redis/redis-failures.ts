import type { FailureReason } from "../store.ts";

/** Words in an error of Redis or of its client, and what they mean. The first that is found counts. */
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

/** The reason behind an error of the Redis client. Whatever has a system code but none of the known words is a connection's. */
export function redisFailure(error: unknown): FailureReason {
  if (!(error instanceof Error)) return "other";
  const found = meanings.find(([words]) => words.test(error.message));
  if (found !== undefined) return found[1];
  return "code" in error || error.name === "MaxRetriesPerRequestError" ? "unreachable" : "other";
}
