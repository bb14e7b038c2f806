import type { ProtocolDefinition } from "../protocol.ts";
import { mlflowDetection } from "./detect.ts";
import { renderMlflowError } from "./errors.ts";
import { mlflowReadiness } from "./readiness.ts";
import { mlflowRoutes } from "./routes.ts";

/** MLflow's scoring server (`mlflow models serve`). */
export const mlflow: ProtocolDefinition = {
  routes: mlflowRoutes,
  modelIn: "path",
  readiness: mlflowReadiness,
  detection: mlflowDetection,
  renderError: renderMlflowError,
  loadReader: async () => (await import("./reader.ts")).createMlflowReader,
};
