/** Fields of `pool`, `tap` and `memory`: upstream connections, captured bodies, and the memory for them. */

/** Fields of `pool`: connections to the model server. */
export const poolFields = {
  max_connections: {
    kind: "integer",
    min: 1,
    max: 65_535,
    default: 256,
    doc: "Maximum number of connections to the model server; each carries one request at a time.",
    example: 64,
    reload: false,
  },
  idle_ms: {
    kind: "milliseconds",
    min: 0,
    max: 86_400_000,
    default: 4000,
    doc: "How long a connection is kept open without a request. Keep it below the model server's own keep-alive time (5 s for uvicorn).",
    example: "4s",
    reload: false,
  },
  retry_unsafe: {
    kind: "boolean",
    default: false,
    doc: "Retry a request of any method once if a reused connection breaks before the first byte of the response. Only for servers where running a request twice does no harm.",
    example: true,
    reload: false,
  },
} as const;

/** Fields of `tap`: capture of bodies. */
export const tapFields = {
  body_bytes: {
    kind: "bytes",
    min: 0,
    max: 16_777_216,
    default: 262_144,
    zero: "none",
    doc: "Maximum size of a body that is captured for telemetry. A longer body is forwarded as usual, but not read.",
    example: "1MiB",
    reload: false,
  },
} as const;

/** Minimum of `memory.budget_bytes`: below it, too few bodies are captured to be useful. */
export const minBudgetBytes = 8_388_608;

/** Fields of `memory`: the memory for telemetry. The memory that the relay needs to forward requests is not included. */
export const memoryFields = {
  budget_bytes: {
    kind: "bytes",
    min: 0,
    max: 17_179_869_184,
    default: 0,
    zero: "an eighth of the container's memory limit (cgroup), from 8 MiB to 32 MiB; 32 MiB without a limit",
    doc: "Maximum memory for captured bodies and for predictions that wait to be delivered. Half of it is for the bodies of requests in flight, a sixteenth for bodies that wait to be read, an eighth for the body that is being decompressed, and at most an eighth for the queue of each sink of the prediction log, a quarter for all of them. What does not fit is dropped and counted.",
    example: "64MiB",
    reload: false,
  },
} as const;
