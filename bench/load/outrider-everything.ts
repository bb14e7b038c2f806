/** Outrider with everything on that exists: both bodies of every request kept for observers, 1 % logged. */
import { outriderPeer } from "./outrider.ts";
import type { Peer } from "./peer.ts";

/** Outrider with everything on. */
export const outriderEverything: Peer = outriderPeer({
  name: "outrider-everything",
  title: "**Outrider**, everything on",
  protocol: "mlflow",
  config: {
    // The path of the upstream's large responses, which is none of MLflow's.
    routes: { allow: ["GET /bytes/*"] },
    tap: { body_bytes: 65_536 },
    log: { access: true, access_sample: 0.01 },
  },
});
