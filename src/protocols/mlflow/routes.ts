import type { ListedRoutes } from "../../routing/server-routes.ts";

/** Paths of `mlflow models serve`. One model a process, so no path names it. */
export const mlflowRoutes: ListedRoutes = {
  kind: "listed",
  open: [
    { methods: ["POST"], pattern: "/invocations", kind: "inference", doc: "Scores rows (JSON or CSV)." },
    { methods: ["GET"], pattern: "/ping", kind: "health", doc: "200 when the model is loaded, else 404." },
    { methods: ["GET"], pattern: "/health", kind: "health", doc: "The same as `/ping`." },
    { methods: ["GET"], pattern: "/version", kind: "metadata", doc: "The version of MLflow." },
  ],
  closed: [
    { methods: [], pattern: "/api/**", doc: "belongs to the MLflow tracking server, which is not a model server" },
    { methods: [], pattern: "/ajax-api/**", doc: "belongs to the MLflow tracking server, which is not a model server" },
    { methods: [], pattern: "/docs/**", doc: "shows the server's generated documentation" },
    { methods: [], pattern: "/openapi.json", doc: "shows the server's generated documentation" },
  ],
  ignoreCase: false,
  colonEndsNames: false,
  hasPreflight: false,
};
