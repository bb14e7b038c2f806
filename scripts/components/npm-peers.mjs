import { copyFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { isMarkerFresh, writeMarker } from "../setup/fingerprint.mjs";

const manifests = ["package.json", "package-lock.json"];
const sources = (context) => manifests.map((file) => path.join(context.rootDir, "bench", "peers", "node", file));
const target = (context) => path.join(context.cacheDir, "bench", "npm-peers");
const marker = (context) => path.join(target(context), "node_modules", ".outrider-lock");

/** @type {import("../setup/components.mjs").Component} */
export default {
  name: "npm-peers",
  why: "proxies from npm that the bench compares with",
  groups: ["bench"],
  isPresent: (context) => isMarkerFresh(marker(context), sources(context)),
  install: async (context) => {
    mkdirSync(target(context), { recursive: true });
    for (const source of sources(context)) copyFileSync(source, path.join(target(context), path.basename(source)));
    await context.run("npm", ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"], {
      cwd: target(context),
    });
    writeMarker(marker(context), sources(context));
  },
};
