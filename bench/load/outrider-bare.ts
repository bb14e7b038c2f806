/** Outrider as it comes, but that no body is kept for observers: strict parsing and metrics on. */
import { outriderPeer } from "./outrider.ts";
import type { Peer } from "./peer.ts";

/** Outrider bare. */
export const outriderBare: Peer = outriderPeer({
  name: "outrider",
  title: "**Outrider**, bare",
  protocol: "generic",
  env: { OUTRIDER_TAP_BODY_BYTES: "0" },
});
