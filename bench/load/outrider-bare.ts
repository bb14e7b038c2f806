/** Outrider as it comes, but that no body is read: strict parsing and metrics on. */
import { outriderPeer } from "./outrider.ts";
import type { Peer } from "./peer.ts";

/** Outrider bare. */
export const outriderBare: Peer = outriderPeer({
  name: "outrider",
  title: "**Outrider**, bare",
  protocol: "generic",
  env: { OUTRIDER_READING_SAMPLE: "0" },
});
