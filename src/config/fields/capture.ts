/** Fields of `tap`, `memory` and `reading`: which bodies are captured and read, and the memory and CPU for it. */

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

/** Fields of `reading`: how many bodies are read, and the CPU for it. */
export const readingFields = {
  sample: {
    kind: "ratio",
    default: 1,
    doc: "Maximum share of the exchanges whose bodies are read, 0 to 1. The share is lowered when reading would exceed `reading.cpu`. With 0, bodies are read for the prediction log alone.",
    example: 0.1,
    reload: false,
    common: true,
  },
  cpu: {
    kind: "ratio",
    default: 0.2,
    doc: "Maximum CPU for reading bodies, as a share of one core. Above it fewer exchanges are read; `outrider_reading_sample_ratio` is the share in effect.",
    example: 0.1,
    reload: false,
  },
  max_columns: {
    kind: "integer",
    min: 1,
    max: 10_000,
    default: 1000,
    doc: "Maximum number of features per row; the rest are counted and left out.",
    example: 2000,
    reload: false,
  },
  max_rows: {
    kind: "integer",
    min: 1,
    max: 1_000_000,
    default: 10_000,
    doc: "Maximum number of rows in a request; a larger batch is counted and not read.",
    example: 1000,
    reload: false,
  },
} as const;
