import type { ListedRoutes, RouteRow } from "../../routing/server-routes.ts";

// `curl -T image.jpg`, the form in TorchServe's own examples, sends PUT.
const upload = ["POST", "PUT"] as const;

const versionedRows = (path: string, verb: string): readonly RouteRow[] => [
  { methods: upload, pattern: `${path}/{model}`, kind: "inference", doc: `${verb} with the default version.` },
  {
    methods: upload,
    pattern: `${path}/{model}/{version}`,
    kind: "inference",
    doc: `${verb} with one version.`,
  },
  {
    methods: upload,
    pattern: `${path}/{model}/{version}/**`,
    kind: "inference",
    doc: `${verb} with one version; the handler gets the rest of the path.`,
  },
];

/**
 * Paths of TorchServe's inference port. `OPTIONS` stays closed: on a prediction path it answers with the model's
 * OpenAPI description. Management paths are listed although they have their own port, because with equal inference
 * and management addresses one listener serves both, and registering a model runs code from a URL.
 */
export const torchserveRoutes: ListedRoutes = {
  kind: "listed",
  open: [
    ...versionedRows("/predictions", "Predicts"),
    ...versionedRows("/explanations", "Explains"),
    { methods: ["POST"], pattern: "/invocations", kind: "inference", doc: "Predicts, in SageMaker's form." },
    { methods: ["POST"], pattern: "/models/{model}/invoke", kind: "inference", doc: "Predicts, in SageMaker's form." },
    {
      methods: upload,
      pattern: "/wfpredict/{model}",
      kind: "inference",
      doc: "Runs a workflow; its name is the label.",
    },
    {
      methods: ["POST"],
      pattern: "/v1/models/{model}:predict",
      kind: "inference",
      doc: "Predicts, in KServe's v1 form.",
    },
    {
      methods: ["POST"],
      pattern: "/v1/models/{model}:explain",
      kind: "inference",
      doc: "Explains, in KServe's v1 form.",
    },
    {
      methods: ["POST"],
      pattern: "/v2/models/{model}/infer",
      kind: "inference",
      doc: "Predicts, in KServe's v2 form.",
    },
    {
      methods: ["POST"],
      pattern: "/v2/models/{model}/explain",
      kind: "inference",
      doc: "Explains, in KServe's v2 form.",
    },
    { methods: ["POST"], pattern: "/{model}/predict", kind: "inference", doc: "Predicts, in the oldest form." },
    {
      methods: ["POST"],
      pattern: "/{model}/{version}/predict",
      kind: "inference",
      doc: "Predicts, in the oldest form.",
    },
    { methods: ["GET"], pattern: "/ping", kind: "health", doc: "Health of the workers." },
    {
      methods: ["GET"],
      pattern: "/v2",
      kind: "metadata",
      doc: "Name and version of the server, when its open inference protocol is on.",
    },
    { methods: ["GET"], pattern: "/v2/health/live", kind: "health", doc: "Always true once the server listens." },
    { methods: ["GET"], pattern: "/v2/health/ready", kind: "health", doc: "Always true once the server listens." },
  ],
  closed: [
    { methods: [], pattern: "/models", doc: "registers models, which runs code from a URL" },
    { methods: ["GET", "PUT", "DELETE"], pattern: "/models/**", doc: "shows, scales and removes models" },
    { methods: [], pattern: "/models/*/*/set-default", doc: "chooses the default version" },
    { methods: [], pattern: "/workflows/**", doc: "registers and removes workflows" },
    { methods: [], pattern: "/token/**", doc: "issues keys" },
    { methods: [], pattern: "/api-description", doc: "describes every path of the server" },
    { methods: [], pattern: "/metrics", doc: "shows the server's own metrics" },
  ],
  ignoreCase: false,
  colonEndsNames: false,
  hasPreflight: false,
};
