import type { ProtocolDefinition } from "../protocol.ts";
import { bentomlDetection } from "./detect.ts";
import { renderBentomlError } from "./errors.ts";
import { bentomlReadiness } from "./readiness.ts";
import { bentomlRoutes } from "./routes.ts";

/** BentoML services: the paths of the APIs are not known in advance. */
export const bentoml: ProtocolDefinition = {
  routes: bentomlRoutes,
  modelIn: "path",
  readiness: bentomlReadiness,
  detection: bentomlDetection,
  renderError: renderBentomlError,
  loadReader: async () => (await import("./reader.ts")).createBentomlReader,
};
