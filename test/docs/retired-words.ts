/**
 * Words that this product used where its field has better ones, and turns of phrase that a reader has to take in twice.
 * They are not to come back: not in code, not in comments, not in messages, not in pages.
 */

/** A pattern that must not occur, and what to say instead. */
export interface RetiredWord {
  readonly pattern: RegExp;
  readonly say: string;
}

/** See {@link RetiredWord}. */
export const retiredWords: readonly RetiredWord[] = [
  { pattern: /\bvoices?\b|[vV]oiceGroups|\bVoice[A-Z]?/, say: "report source" },
  { pattern: /\blead-?all\b|LeadPart|LeaderDuty/i, say: "leader tasks" },
  { pattern: /\bhand(?:ed)?[- ]over\b|hand(?:ed)?Over/i, say: "upstream attempt, send, pass on" },
  { pattern: /body-?pass\b/i, say: "body writer" },
  { pattern: /served-?exchange/i, say: "exchange handler" },
  { pattern: /own-answer|composeError|composeAnswer/, say: "local reply" },
  { pattern: /last[- ]words|lastWords/i, say: "early response" },
  { pattern: /\bFlight\b|#landing|straggler/, say: "delivery call, settled, abandoned" },
  { pattern: /disk-?detour|unfitUntil|ranDry|letGo\b/i, say: "spill to disk, retry at, close when empty, release" },
  { pattern: /delivery-?ledger|\bthe books\b/i, say: "delivery accounting" },
  { pattern: /keep-?plan\b|alwaysKept|draftsHeld/i, say: "log sampler, always logged, pending records" },
  { pattern: /\binsights?\b|Insight[A-Z]?|insight[A-Z]/, say: "body telemetry" },
  { pattern: /turnGiver|\bbreathe\b|Breathe/i, say: "yield to the event loop" },
  { pattern: /isUntaken/, say: "hasUnflushedWrite" },
  { pattern: /DriftMonitors\b|drift-monitors/, say: "drift monitor registry" },
  {
    pattern: /\b(?:most|least|longest|shortest|fewest|largest|smallest|widest|deepest)[A-Z]/,
    say: "max… or min… with the unit",
  },
  { pattern: /What \{@link/, say: "Options of, Result of" },
  { pattern: /\bwhoever\b/i, say: "name the actor: a caller, a client, an operator" },
  { pattern: /\b(?:is|are|be|been|being|was) told\b/i, say: "is logged, is reported, receives" },
  { pattern: /\bnobody is asked\b|\bthe other side\b/i, say: "name the side: the server, the client, the sink" },
  { pattern: /\bheld against\b|\bholds? it against\b/i, say: "compared with, verified by" },
  { pattern: /\bg(?:ives?|iving|ave) way\b/i, say: "is evicted, yields" },
  { pattern: /\b(?<!\bthere )is no (?!longer\b|more\b|room\b|limit\b|such\b|\w+er\b)\w+/i, say: "is not a" },
  { pattern: /\bfor good\b|\bonce more\b/i, say: "permanently; again, retried" },
  {
    pattern: /\bwork(?:s|ed|ing)? off\b|\b(?:made|makes?|making) ready\b|\bgo(?:es)? round\b/i,
    say: "process, prepare",
  },
  { pattern: /\bwhat (?:be)?came of\b|\bwhat became\b/i, say: "the result of, how it ended" },
  {
    pattern: /\bahead of (?:its|their) turn\b|\bcomes? to rest\b|\ball goes well\b/i,
    say: "pipelined; is idle; nothing fails",
  },
  { pattern: /\bbut for\b|\band the like\b|\bits like\b/i, say: "except, without; and similar" },
  { pattern: /\/\*\* (?:Most|Fewest) (?!frequent)\w+/, say: "Maximum number of, Minimum" },
];
