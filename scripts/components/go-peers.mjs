import { existsSync } from "node:fs";
import path from "node:path";
import { isMarkerFresh, writeMarker } from "../setup/fingerprint.mjs";
import { goBuild } from "../setup/go.mjs";

const folder = (context) => path.join(context.rootDir, "bench", "peers", "go-reverse-proxy");
const sources = (context) => ["go.mod", "main.go"].map((file) => path.join(folder(context), file));
const program = (context) => path.join(context.cacheDir, "bench", "go-reverse-proxy");
const marker = (context) => `${program(context)}.built-from`;

/** @type {import("../setup/components.mjs").Component} */
export default {
  name: "go-peers",
  why: "Go's reverse proxy, which the bench compares with",
  groups: ["bench"],
  isPresent: (context) => existsSync(program(context)) && isMarkerFresh(marker(context), sources(context)),
  install: async (context) => {
    await goBuild(context, { folder: folder(context), packagePath: ".", output: program(context) });
    writeMarker(marker(context), sources(context));
  },
};
