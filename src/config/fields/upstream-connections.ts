/** Fields of `pool` and `tap`: what the relay keeps for the model server and for observers. */

/** Fields of `pool`: connections to the model server. */
export const poolFields = {
  max_connections: {
    kind: "integer",
    min: 1,
    max: 65_535,
    default: 256,
    doc: "Connections to the model server open at once; one carries one request at a time.",
    example: 64,
    reload: false,
  },
  max_idle_connections: {
    kind: "integer",
    min: 0,
    max: 65_535,
    default: 256,
    doc: "Connections kept open without a request; never more than `pool.max_connections`.",
    example: 64,
    reload: false,
  },
  idle_ms: {
    kind: "milliseconds",
    min: 0,
    max: 86_400_000,
    default: 4000,
    doc: "How long a connection is kept without a request. Keep it below the server's own keep-alive time (5 s for uvicorn).",
    example: "4s",
    reload: false,
  },
  retry_unsafe: {
    kind: "boolean",
    default: false,
    doc: "Send a request of any method once more when a reused connection broke before one byte of the response. Only for servers that may be asked twice.",
    example: true,
    reload: false,
  },
} as const;

/** Fields of `tap`: copies of the first bytes of bodies. */
export const tapFields = {
  body_bytes: {
    kind: "bytes",
    min: 0,
    max: 16_777_216,
    default: 262_144,
    zero: "keeps none",
    doc: "How much of each body is kept for observers. A longer body is passed on all the same, but not read.",
    example: "1MiB",
    reload: false,
  },
  total_bytes: {
    kind: "bytes",
    min: 0,
    max: 1_073_741_824,
    default: 16_777_216,
    doc: "How much of all bodies together is kept at once; bodies past it are counted and not kept.",
    example: "16MiB",
    reload: false,
  },
} as const;
