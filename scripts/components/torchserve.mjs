/**
 * A real TorchServe: its Java front end and its Python workers. torch itself (half a gigabyte) is stood in for by a
 * package of a few lines, because the handlers of the tests compute nothing with it.
 */
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { builtFolderPath, makeBuiltFolder } from "../setup/built-folder.mjs";
import { rootDir } from "../setup/command.mjs";

const name = "torchserve";
// pyyaml is needed and not declared by torchserve.
const requirements = ["torchserve==0.12.0", "torch-model-archiver==0.12.0", "pyyaml==6.0.3", "psutil==7.2.2"];
const plan = { name, sources: path.join(rootDir, "test", "e2e", "models", "torchserve"), tools: requirements };
const archives = [
  { model: "echo", version: "1.0" },
  { model: "sleeper", version: "2.1", config: "sleeper.yaml" },
  { model: "fragile", version: "1.0" },
  { model: "streamer", version: "1.0" },
];

/** @type {import("../setup/components.mjs").Component} */
export default {
  name,
  why: "one of the real model servers of the e2e tests",
  groups: ["test"],
  packages: ["default-jre-headless"],
  commands: ["java"],
  isPresent: (context) => find(context) !== undefined,
  install: async (context) => {
    const venv = await context.uvVenv(name, requirements);
    await makeBuiltFolder(context, plan, async (draft) => {
      for (const archive of archives) await archiveModel(context, { ...archive, venv, draft });
    });
  },
};

async function archiveModel(context, { model, version, config, venv, draft }) {
  const store = path.join(draft, "store");
  mkdirSync(store, { recursive: true });
  const options = { "--model-name": model, "--version": version, "--handler": path.join(plan.sources, `${model}.py`) };
  if (config) options["--config-file"] = path.join(plan.sources, config);
  const args = Object.entries({ ...options, "--export-path": store }).flat();
  await context.run(path.join(venv.bin, "torch-model-archiver"), [...args, "--force"]);
}

/**
 * What starts the server, or undefined when it is not installed.
 * @param {import("../setup/components.mjs").Context} context
 */
export function find(context) {
  const venv = context.findVenv(name, requirements);
  const models = builtFolderPath(context, plan);
  if (!venv || !existsSync(models)) return undefined;
  return {
    python: venv.python,
    sitePackages: venv.sitePackages,
    stubs: plan.sources,
    store: path.join(models, "store"),
    models: archives.map(({ model }) => model),
  };
}
