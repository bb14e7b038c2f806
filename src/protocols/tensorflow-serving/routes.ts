import type { ListedRoutes, RouteRow } from "../../routing/server-routes.ts";

const selectors = [
  { path: "/v1/models/{model}", of: "the latest version" },
  { path: "/v1/models/{model}/versions/{version}", of: "one version" },
  { path: "/v1/models/{model}/labels/{version}", of: "the version with a label" },
] as const;

const rowsOf = (selector: (typeof selectors)[number]): readonly RouteRow[] => [
  {
    methods: ["POST"],
    pattern: `${selector.path}:predict`,
    kind: "inference",
    doc: `Predicts with ${selector.of}.`,
  },
  {
    methods: ["POST"],
    pattern: `${selector.path}:classify`,
    kind: "inference",
    doc: `Classifies with ${selector.of}.`,
  },
  {
    methods: ["POST"],
    pattern: `${selector.path}:regress`,
    kind: "inference",
    doc: `Regresses with ${selector.of}.`,
  },
  { methods: ["GET"], pattern: selector.path, kind: "metadata", doc: `State of ${selector.of}.` },
  {
    methods: ["GET"],
    pattern: `${selector.path}/metadata`,
    kind: "metadata",
    doc: `Signatures of ${selector.of}.`,
  },
];

/** REST paths of TensorFlow Serving, whose expressions ignore letter case. */
export const tensorflowServingRoutes: ListedRoutes = {
  kind: "listed",
  open: selectors.flatMap(rowsOf),
  closed: [{ methods: [], pattern: "/monitoring/**", doc: "shows the server's own metrics" }],
  ignoreCase: true,
  colonEndsNames: true,
  hasPreflight: true,
};
