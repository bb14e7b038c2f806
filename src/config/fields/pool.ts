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
