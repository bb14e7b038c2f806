/** Outrider as a user gets it who turns on the log of predictions: the defaults, and 1 % of the requests in files. */
import { outriderPeer, type OutriderPeer } from "./outrider.ts";

/** Outrider with its defaults and the log. */
export const outriderLogging: OutriderPeer = outriderPeer({
  name: "outrider-logging",
  title: "**Outrider**, defaults and log",
  protocol: "mlflow",
  // The path of the upstream's large responses, which is none of MLflow's.
  env: { OUTRIDER_ROUTES_ALLOW: "GET /bytes/*", OUTRIDER_PREDICTIONS_ENABLED: "true" },
});
