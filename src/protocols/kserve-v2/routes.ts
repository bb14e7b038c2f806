import type { PrivateRow, ListedRoutes, RouteRow } from "../../routing/server-routes.ts";

const selectors = [
  { path: "/v2/models/{model}", of: "a model" },
  { path: "/v2/models/{model}/versions/{version}", of: "one version of a model" },
] as const;

const rowsOf = (selector: (typeof selectors)[number]): readonly RouteRow[] => [
  { methods: ["POST"], pattern: `${selector.path}/infer`, kind: "inference", doc: `Runs ${selector.of}.` },
  {
    methods: ["POST"],
    pattern: `${selector.path}/infer_stream`,
    kind: "stream",
    doc: `Runs ${selector.of}, answers as server-sent events (MLServer).`,
  },
  {
    methods: ["POST"],
    pattern: `${selector.path}/generate`,
    kind: "inference",
    doc: `Generates text with ${selector.of}.`,
  },
  {
    methods: ["POST"],
    pattern: `${selector.path}/generate_stream`,
    kind: "stream",
    doc: `Generates text with ${selector.of}, answers as server-sent events.`,
  },
  { methods: ["GET"], pattern: selector.path, kind: "metadata", doc: `Inputs and outputs of ${selector.of}.` },
  { methods: ["GET"], pattern: `${selector.path}/ready`, kind: "health", doc: `Readiness of ${selector.of}.` },
];

/** Open paths of the Open Inference Protocol, as MLServer, Triton and KServe's own server have it. */
export const openInferenceRows: readonly RouteRow[] = [
  ...selectors.flatMap(rowsOf),
  { methods: ["GET"], pattern: "/v2", kind: "metadata", doc: "Name, version and extensions of the server." },
  { methods: ["GET"], pattern: "/v2/models", kind: "metadata", doc: "Names of the models (KServe's own server)." },
  { methods: ["GET"], pattern: "/v2/health/live", kind: "health", doc: "200 when the server runs, else 400." },
  { methods: ["GET"], pattern: "/v2/health/ready", kind: "health", doc: "200 when the models are ready, else 400." },
];

/** Closed paths that servers of the Open Inference Protocol have on the very same port. */
export const openInferenceClosedRows: readonly PrivateRow[] = [
  { methods: [], pattern: "/v2/repository/**", doc: "lists, loads and unloads models" },
  { methods: [], pattern: "/v2/models/stats/**", doc: "shows statistics of all models" },
  { methods: [], pattern: "/v2/models/*/stats", doc: "shows statistics of the model" },
  { methods: [], pattern: "/v2/models/*/versions/*/stats", doc: "shows statistics of the model" },
  { methods: [], pattern: "/v2/models/*/config", doc: "shows the model's configuration" },
  { methods: [], pattern: "/v2/models/*/versions/*/config", doc: "shows the model's configuration" },
  { methods: [], pattern: "/v2/models/*/trace/**", doc: "changes tracing, which writes files" },
  { methods: [], pattern: "/v2/models/*/versions/*/trace/**", doc: "changes tracing, which writes files" },
  { methods: [], pattern: "/v2/models/*/load", doc: "loads a model" },
  { methods: [], pattern: "/v2/models/*/unload", doc: "unloads a model" },
  { methods: [], pattern: "/v2/models/*/docs/**", doc: "shows generated documentation" },
  { methods: [], pattern: "/v2/models/*/versions/*/docs/**", doc: "shows generated documentation" },
  { methods: [], pattern: "/v2/docs/**", doc: "shows generated documentation" },
  { methods: [], pattern: "/v2/systemsharedmemory/**", doc: "maps memory of the server's host" },
  { methods: [], pattern: "/v2/cudasharedmemory/**", doc: "maps memory of the server's accelerator" },
  { methods: [], pattern: "/v2/trace/**", doc: "changes tracing, which writes files" },
  { methods: [], pattern: "/v2/logging/**", doc: "changes the server's log settings" },
  { methods: [], pattern: "/metrics", doc: "shows the server's own metrics" },
];

/** Paths of MLServer and Triton: inference and metadata open, model loading and tracing closed. */
export const kserveV2Routes: ListedRoutes = {
  kind: "listed",
  open: openInferenceRows,
  closed: openInferenceClosedRows,
  ignoreCase: false,
  colonEndsNames: false,
  hasPreflight: true,
};
