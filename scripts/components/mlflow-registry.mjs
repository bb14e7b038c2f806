/** A real MLflow tracking server with its model registry, for the test of baselines that are stored with a model version. */

const name = "mlflow-registry";
const requirements = ["mlflow==3.17.2"];

/** @type {import("../setup/components.mjs").Component} */
export default {
  name,
  why: "the model registry of the e2e tests",
  groups: ["test"],
  isPresent: (context) => find(context) !== undefined,
  install: (context) => context.uvVenv(name, requirements),
};

/**
 * The interpreter with MLflow, or undefined when it is not installed.
 * @param {import("../setup/components.mjs").Context} context
 */
export function find(context) {
  const venv = context.findVenv(name, requirements);
  return venv === undefined ? undefined : { python: venv.python, bin: venv.bin };
}
