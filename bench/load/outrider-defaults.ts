/**
 * Outrider as a user gets it without a configuration: bodies read for up to a fifth of a core, a baseline learned from
 * the first requests, windows of 15 minutes, predictions kept for their labels, no access log.
 */
import { outriderPeer, type OutriderPeer } from "./outrider.ts";

/** Outrider with its defaults. */
export const outriderDefaults: OutriderPeer = outriderPeer({
  name: "outrider-defaults",
  title: "**Outrider**, defaults",
  protocol: "mlflow",
  // The path of the upstream's large responses, which is none of MLflow's.
  env: { OUTRIDER_ROUTES_ALLOW: "GET /bytes/*" },
});
