/** Fields of `redaction`: what is removed from logged predictions before they leave the process. */
export const redactionFields = {
  drop: {
    kind: "redaction_rules",
    default: [],
    doc: "Values that are left out: `feature:NAME`, `pointer:/JSON/POINTER` (`*` is any item) in both bodies, `header:NAME`.",
    example: ["feature:ssn", "pointer:/instances/*/name"],
    reload: false,
  },
  mask: {
    kind: "redaction_rules",
    default: [],
    doc: "Values that are replaced by `***`; rules as in `redaction.drop`.",
    example: ["feature:phone"],
    reload: false,
  },
  hash: {
    kind: "redaction_rules",
    default: [],
    doc: "Values that are replaced by a keyed hash (HMAC-SHA256 with `redaction.key_file`), so that records can still be joined; rules as in `redaction.drop`.",
    example: ["feature:customer_id", "header:x-user"],
    reload: false,
  },
  patterns: {
    kind: "words",
    of: "redaction_patterns",
    default: ["card", "email", "bearer"],
    doc: "Patterns that are searched for in every text: payment card numbers (with a valid check digit), e-mail addresses, bearer tokens and JSON Web Tokens.",
    example: ["card", "email"],
    reload: false,
  },
  pattern_action: {
    kind: "choice",
    of: "pattern_action",
    default: "mask",
    doc: "What happens to text that matches a pattern.",
    example: "hash",
    reload: false,
  },
  key_file: {
    kind: "secret_file",
    default: "",
    minBytes: 16,
    doc: "File with the key of the hashes, at least 16 bytes. Anyone with the key can find out what was hashed.",
    example: "/var/run/secrets/outrider/redaction",
    reload: false,
  },
} as const;
