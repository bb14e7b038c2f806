/**
 * Outrider with everything on: both bodies of every request read whatever that costs, features and predictions counted
 * against a baseline of all columns that is learned at once, a verdict every two seconds, predictions kept for their
 * labels, 1 % of the requests in the access log and 1 % in the log of predictions.
 */
import { outriderPeer, type OutriderPeer } from "./outrider.ts";

/** The configuration that turns everything on. */
export const everythingOn = {
  // The path of the upstream's large responses, which is none of MLflow's.
  routes: { allow: ["GET /bytes/*"] },
  // A whole core: less is never read.
  reading: { sample: 1, cpu: 1 },
  drift: { learn_requests: 500, window_ms: 2000 },
  log: { access: true, access_sample: 0.01 },
  predictions: { enabled: true, sample: 0.01 },
} as const;

/** Outrider with everything on. */
export const outriderEverything: OutriderPeer = outriderPeer({
  name: "outrider-everything",
  title: "**Outrider**, everything on",
  protocol: "mlflow",
  config: everythingOn,
});
