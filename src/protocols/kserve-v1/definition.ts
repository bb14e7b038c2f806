import type { ProtocolDefinition } from "../protocol.ts";
import { kserveV1Detection } from "./detect.ts";
import { renderKserveV1Error } from "./errors.ts";
import { kserveV1Readiness } from "./readiness.ts";
import { kserveV1Routes } from "./routes.ts";

/** KServe's V1 protocol, and KServe's own server, which supports more than that. */
export const kserveV1: ProtocolDefinition = {
  routes: kserveV1Routes,
  modelIn: "path",
  readiness: kserveV1Readiness,
  detection: kserveV1Detection,
  renderError: renderKserveV1Error,
  loadReader: async () => (await import("./reader.ts")).createKserveV1Reader,
};
