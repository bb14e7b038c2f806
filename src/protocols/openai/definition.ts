import type { ProtocolDefinition } from "../protocol.ts";
import { openaiDetection } from "./detect.ts";
import { renderOpenaiError } from "./errors.ts";
import { openaiReadiness } from "./readiness.ts";
import { openaiRoutes } from "./routes.ts";

/** vLLM and other OpenAI-compatible servers. */
export const openai: ProtocolDefinition = {
  routes: openaiRoutes,
  modelIn: "body",
  readiness: openaiReadiness,
  detection: openaiDetection,
  renderError: renderOpenaiError,
  loadReader: async () => (await import("./reader.ts")).createOpenaiReader,
};
