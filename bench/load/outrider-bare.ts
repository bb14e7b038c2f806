/** Outrider as `outrider run --upstream …` starts it: strict parsing and metrics on, no body looked at. */
import { outriderPeer } from "./outrider.ts";
import type { Peer } from "./peer.ts";

/** Outrider bare. */
export const outriderBare: Peer = outriderPeer({
  name: "outrider",
  title: "**Outrider**, bare",
  protocol: "generic",
  config: {},
});
