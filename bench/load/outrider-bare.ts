/** Outrider as it comes, but that no body is read: strict parsing and metrics on. */
import { outriderPeer, type OutriderPeer } from "./outrider.ts";

/** Outrider bare. */
export const outriderBare: OutriderPeer = outriderPeer({
  name: "outrider",
  title: "**Outrider**, bare",
  protocol: "generic",
  env: { OUTRIDER_READING_SAMPLE: "0" },
});
