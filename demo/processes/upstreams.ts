/** The model servers that the demonstration can start: the embedded one and a real MLflow. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { freePort, readHostAndPort, writeHostAndPort } from "./addresses.ts";
import type { HostAndPort } from "./addresses.ts";
import type { ChildCommand } from "./child-process.ts";
import type { DemoOptions } from "../options.ts";

/** How to start a model server, and how to find it. */
export interface Upstream {
  readonly command: ChildCommand;
  /** Where it will listen; for the embedded server known only once it says so. */
  readonly address: HostAndPort | undefined;
  /** What it is, for the display. */
  readonly title: string;
}

/** The folder `demo`. */
const here = path.resolve(import.meta.dirname, "..");

/** The embedded model server, on any free port. */
export function embeddedUpstream(options: DemoOptions): Upstream {
  const flags = ["--protocol", options.protocol, "--latency-ms", `${options.latencyMs}`, "--seed", `${options.seed}`];
  const script = fileURLToPath(new URL("../model-server.ts", import.meta.url));
  return {
    command: { name: "model server", command: process.execPath, args: [script, "--port", "0", ...flags] },
    address: undefined,
    title: `embedded, ${options.protocol}`,
  };
}

/** Where the embedded server says that it listens, out of a line that it writes. */
export function addressInLine(line: string): HostAndPort | undefined {
  const match = /http:\/\/(\S+)/.exec(line);
  return match?.[1] === undefined ? undefined : readHostAndPort(match[1]);
}

/**
 * A real `mlflow models serve` of a scikit-learn model, trained first unless the cache has it. Throws when MLflow is
 * not installed, with the command that installs it.
 */
export async function mlflowUpstream(
  run: (command: ChildCommand) => Promise<void>,
  say: (text: string) => void,
): Promise<Upstream> {
  const { python, cacheDir } = await findMlflow();
  const bin = path.dirname(python);
  const env = {
    PATH: `${bin}${path.delimiter}${process.env["PATH"] ?? ""}`,
    MLFLOW_DISABLE_TELEMETRY: "true",
    PYTHONDONTWRITEBYTECODE: "1",
  };
  const train = path.join(here, "train");
  const model = path.join(cacheDir, "models", `demo-classifier-${digestOf(train)}`);
  if (!existsSync(model)) {
    say("training the scikit-learn model (about 10 s)");
    const draft = mkdtempSync(path.join(makeFolder(path.dirname(model)), "draft-"));
    try {
      const saved = path.join(draft, "model");
      await run({ name: "training", command: python, args: [path.join(train, "save_mlflow_model.py"), saved], env });
      renameSync(saved, model);
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  }
  const address = { host: "127.0.0.1", port: (await freePort({ host: "127.0.0.1", port: 0 })) ?? 0 };
  const flags = ["--env-manager", "local", "--host", address.host, "--port", `${address.port}`];
  say(`mlflow models serve on ${writeHostAndPort(address)} (ready in 10 to 30 s)`);
  return {
    command: {
      name: "mlflow models serve",
      command: path.join(bin, "mlflow"),
      args: ["models", "serve", "-m", model, ...flags],
      env,
    },
    address,
    title: "mlflow models serve",
  };
}

/** The environment that set-up made, found through the same files that made it. */
async function findMlflow(): Promise<{ readonly python: string; readonly cacheDir: string }> {
  const setup = (await importScript("setup/components.mjs")) as { createContext(): { readonly cacheDir: string } };
  const component = (await importScript("components/mlflow.mjs")) as {
    find(context: unknown): { readonly python: string } | undefined;
  };
  const context = setup.createContext();
  const found = component.find(context);
  if (found === undefined) {
    throw new Error(
      "MLflow is not installed; `npm run setup -- mlflow` does it, and so does `npm run demo -- --mlflow`",
    );
  }
  return { python: found.python, cacheDir: context.cacheDir };
}

async function importScript(file: string): Promise<unknown> {
  return (await import(pathToFileURL(path.join(here, "..", "scripts", file)).href)) as unknown;
}

function makeFolder(folder: string): string {
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Changes when either of the scripts that make the model does. */
function digestOf(folder: string): string {
  const hash = createHash("sha256");
  for (const file of ["train.py", "save_mlflow_model.py"]) {
    hash.update(readFileSync(path.join(folder, file)));
  }
  return hash.digest("hex").slice(0, 16);
}
