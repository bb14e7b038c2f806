import type { ProtocolDefinition } from "../protocol.ts";
import { kserveV2Detection } from "./detect.ts";
import { renderKserveV2Error } from "./errors.ts";
import { kserveV2Readiness } from "./readiness.ts";
import { kserveV2Routes } from "./routes.ts";

/** The Open Inference Protocol (KServe V2): MLServer, Triton. */
export const kserveV2: ProtocolDefinition = {
  routes: kserveV2Routes,
  modelIn: "path",
  readiness: kserveV2Readiness,
  detection: kserveV2Detection,
  renderError: renderKserveV2Error,
  loadReader: async () => (await import("./reader.ts")).createKserveV2Reader,
};
