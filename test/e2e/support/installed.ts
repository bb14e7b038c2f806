import { describe, it } from "vitest";
import { find as findMlflow } from "../../../scripts/components/mlflow.mjs";
import { find as findMlflowRegistry } from "../../../scripts/components/mlflow-registry.mjs";
import { find as findTorchServe } from "../../../scripts/components/torchserve.mjs";
import { find as findTriton } from "../../../scripts/components/triton.mjs";
import { createContext } from "../../../scripts/setup/components.mjs";

const finders = {
  mlflow: findMlflow,
  "mlflow-registry": findMlflowRegistry,
  torchserve: findTorchServe,
  triton: findTriton,
};

/** What set-up knows of an installed server: programs, folders, models. */
export type Installation<Name extends keyof typeof finders> = NonNullable<ReturnType<(typeof finders)[Name]>>;

/** What starts a real server, or undefined when set-up has not installed it. */
export function findInstalled<Name extends keyof typeof finders>(name: Name): Installation<Name> | undefined {
  return finders[name](createContext()) as Installation<Name> | undefined;
}

/**
 * A suite that needs a real server. Without it the suite is skipped with a warning that says how to install it; with
 * CI=true that is a failure instead. `setUp` is the command that installs it.
 */
export function describeWith<Found>(
  name: string,
  installation: Found | undefined,
  suite: (installation: Found) => void,
  setUp: string = "npm run setup",
): void {
  if (installation !== undefined) {
    describe(name, () => suite(installation));
    return;
  }
  const remedy = `${name} is not installed: run \`${setUp}\``;
  const isRequired = process.env["CI"] === "true";
  if (!isRequired) console.warn(`\n*** SKIPPED: ${remedy} ***\n`);
  describe.skipIf(!isRequired)(name, () => {
    it("is installed", () => {
      throw new Error(remedy);
    });
  });
}
