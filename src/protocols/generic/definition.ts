import type { ProtocolDefinition } from "../protocol.ts";
import { genericDetection } from "./detect.ts";
import { renderGenericError } from "./errors.ts";
import { genericReadiness } from "./readiness.ts";
import { genericRoutes } from "./routes.ts";

/** Servers whose protocol is not known: every path passes unless rules close it. */
export const generic: ProtocolDefinition = {
  routes: genericRoutes,
  modelIn: "path",
  readiness: genericReadiness,
  detection: genericDetection,
  renderError: renderGenericError,
  loadReader: async () => (await import("./reader.ts")).createGenericReader,
};
