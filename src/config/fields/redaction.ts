/** Fields of `redaction`: what is taken out of logged predictions. */

/** Fields of `redaction`: what is taken out of records before anything leaves the process's memory. */
export const redactionFields = {
  drop: {
    kind: "redaction_rules",
    default: [],
    doc: "What is left out: `feature:NAME`, `pointer:/JSON/POINTER` (`*` is any item) in both bodies, `header:NAME`.",
    example: ["feature:ssn", "pointer:/instances/*/name"],
    reload: false,
  },
  mask: {
    kind: "redaction_rules",
    default: [],
    doc: "What is replaced by `***`; rules as in `redaction.drop`.",
    example: ["feature:phone"],
    reload: false,
  },
  hash: {
    kind: "redaction_rules",
    default: [],
    doc: "What is replaced by a hash with `redaction.key_file` (HMAC-SHA256), so that records can still be joined; rules as in `redaction.drop`.",
    example: ["feature:customer_id", "header:x-user"],
    reload: false,
  },
  patterns: {
    kind: "words",
    of: "redaction_patterns",
    default: ["card", "email", "bearer"],
    doc: "What is looked for in every text: numbers of payment cards (with their check digit), e-mail addresses, bearer tokens and JSON Web Tokens.",
    example: ["card", "email"],
    reload: false,
  },
  pattern_action: {
    kind: "choice",
    of: "pattern_action",
    default: "mask",
    doc: "What happens to what the patterns find.",
    example: "hash",
    reload: false,
  },
  key_file: {
    kind: "secret_file",
    default: "",
    doc: "File with the key of the hashes, at least 16 bytes. Whoever has it can find out what was hashed.",
    example: "/var/run/secrets/outrider/redaction",
    reload: false,
  },
} as const;
