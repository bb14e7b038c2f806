import type { ProtocolDefinition } from "../protocol.ts";
import { tensorflowServingDetection } from "./detect.ts";
import { renderTensorflowServingError } from "./errors.ts";
import { tensorflowServingReadiness } from "./readiness.ts";
import { tensorflowServingRoutes } from "./routes.ts";

/** TensorFlow Serving's REST API, whose paths begin with `/v1/models/`. */
export const tensorflowServing: ProtocolDefinition = {
  routes: tensorflowServingRoutes,
  modelIn: "path",
  readiness: tensorflowServingReadiness,
  detection: tensorflowServingDetection,
  renderError: renderTensorflowServingError,
  loadReader: async () => (await import("./reader.ts")).createTensorflowServingReader,
};
