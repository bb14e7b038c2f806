/** Where set-up (scripts/components) puts the peers that are not system packages. */
import { homedir } from "node:os";
import { join, resolve } from "node:path";

const cache = resolve(process.env["OUTRIDER_CACHE"] || join(homedir(), ".cache", "outrider"));

/** Paths of programs and folders; whether they are there is for the caller to see. */
export const installed: Readonly<
  Record<"envoy" | "k6" | "goReverseProxy" | "kserveAgent" | "knativeQueueProxy" | "npmPeers", string>
> = {
  envoy: join(cache, "bench", "envoy"),
  k6: join(cache, "bench", "k6"),
  goReverseProxy: join(cache, "bench", "go-reverse-proxy"),
  kserveAgent: join(cache, "bench", "kserve-agent"),
  knativeQueueProxy: join(cache, "bench", "knative-queue-proxy"),
  npmPeers: join(cache, "bench", "npm-peers"),
};
