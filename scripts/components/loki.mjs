/** A real Loki for `npm run test:infra`, built from the module in test/infra/modules/loki. */
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { rootDir } from "../setup/command.mjs";
import { isMarkerFresh, writeMarker } from "../setup/fingerprint.mjs";
import { goBuild } from "../setup/go.mjs";

const folder = path.join(rootDir, "test", "infra", "modules", "loki");
const sources = ["go.mod", "go.sum"].map((file) => path.join(folder, file));
const packagePath = "github.com/grafana/loki/v3/cmd/loki";
const program = (context) => path.join(context.cacheDir, "infra", "loki");
const marker = (context) => `${program(context)}.built-from`;

/** @type {import("../setup/components.mjs").Component} */
export default {
  name: "loki",
  why: "Loki 3.7, built from source; the first time that takes four to nine minutes, and 4 GB for Go",
  groups: ["infra"],
  isPresent: (context) => find(context) !== undefined,
  install: async (context) => {
    const output = program(context);
    mkdirSync(path.dirname(output), { recursive: true });
    await goBuild(context, { folder, packagePath, output });
    writeMarker(marker(context), sources);
  },
};

/**
 * The program built from what the module says now; undefined when set-up has not built it.
 * @param {import("../setup/components.mjs").Context} context
 * @returns {string | undefined}
 */
export function find(context) {
  return existsSync(program(context)) && isMarkerFresh(marker(context), sources) ? program(context) : undefined;
}
