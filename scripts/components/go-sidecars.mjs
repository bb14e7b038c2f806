import { existsSync } from "node:fs";
import path from "node:path";
import { isMarkerFresh, writeMarker } from "../setup/fingerprint.mjs";
import { goBuild } from "../setup/go.mjs";

/** Module folders in bench/peers, and the package of each that is the sidecar. */
const sidecars = {
  "knative-queue-proxy": "knative.dev/serving/cmd/queue",
  "kserve-agent": "github.com/kserve/kserve/cmd/agent",
};

const folder = (context, name) => path.join(context.rootDir, "bench", "peers", name);
const sources = (context, name) => ["go.mod", "go.sum"].map((file) => path.join(folder(context, name), file));
const program = (context, name) => path.join(context.cacheDir, "bench", name);
const marker = (context, name) => `${program(context, name)}.built-from`;
const isBuilt = (context, name) =>
  existsSync(program(context, name)) && isMarkerFresh(marker(context, name), sources(context, name));

/** @type {import("../setup/components.mjs").Component} */
export default {
  name: "go-sidecars",
  why: "KServe's agent and Knative's queue-proxy, built from source in about five minutes",
  groups: ["bench:all"],
  isPresent: (context) => Object.keys(sidecars).every((name) => isBuilt(context, name)),
  install: async (context) => {
    for (const [name, packagePath] of Object.entries(sidecars)) {
      if (isBuilt(context, name)) continue;
      context.log(`building ${name}`);
      await goBuild(context, { folder: folder(context, name), packagePath, output: program(context, name) });
      writeMarker(marker(context, name), sources(context, name));
    }
  },
};
