import type { ProtocolDefinition } from "../protocol.ts";
import { torchserveDetection } from "./detect.ts";
import { renderTorchserveError } from "./errors.ts";
import { torchserveReadiness } from "./readiness.ts";
import { torchserveRoutes } from "./routes.ts";

/** TorchServe, with the KServe protocols that it also supports. */
export const torchserve: ProtocolDefinition = {
  routes: torchserveRoutes,
  modelIn: "path",
  readiness: torchserveReadiness,
  detection: torchserveDetection,
  renderError: renderTorchserveError,
  loadReader: async () => (await import("./reader.ts")).createTorchserveReader,
};
