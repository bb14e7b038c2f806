/**
 * A real MLflow scoring server and the two models of its tests: a scikit-learn classifier, and one that acts as its
 * params say. Everything its answers depend on is pinned.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { builtFolderPath, makeBuiltFolder } from "../setup/built-folder.mjs";
import { rootDir } from "../setup/command.mjs";

const name = "mlflow";
const requirements = [
  "mlflow-skinny==3.17.2",
  "scikit-learn==1.9.1",
  "pandas==3.1.1",
  "numpy==2.4.6",
  "scipy==1.17.1",
  "fastapi==0.165.0",
  "starlette==1.10.0",
  "uvicorn==0.54.0",
  "h11==0.16.0",
  "pydantic==2.14.3",
];
const plan = { name, sources: path.join(rootDir, "test", "e2e", "models", "mlflow"), tools: requirements };

/** @type {import("../setup/components.mjs").Component} */
export default {
  name,
  why: "the scoring server of the e2e tests and of the demo",
  groups: ["test", "demo:mlflow"],
  isPresent: (context) => find(context) !== undefined,
  install: async (context) => {
    const { python } = await context.uvVenv(name, requirements);
    await makeBuiltFolder(context, plan, async (draft) => {
      const env = { MLFLOW_DISABLE_TELEMETRY: "true" };
      const save = (script, model) =>
        context.run(python, [path.join(plan.sources, script), path.join(draft, model)], { cwd: draft, env });
      await save("classifier.py", "classifier");
      await save("save_actor.py", "actor");
    });
  },
};

/**
 * What starts the server, or undefined when it is not installed: the interpreter and the folders of the models.
 * @param {import("../setup/components.mjs").Context} context
 */
export function find(context) {
  const venv = context.findVenv(name, requirements);
  const models = builtFolderPath(context, plan);
  if (!venv || !existsSync(models)) return undefined;
  return { python: venv.python, classifier: path.join(models, "classifier"), actor: path.join(models, "actor") };
}
