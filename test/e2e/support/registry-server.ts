import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import type { Installation } from "./installed.ts";
import { freePorts, type ServerProcess, startServer } from "./server-process.ts";

/** A real MLflow tracking server with its model registry. */
export interface RegistryServer extends ServerProcess {
  readonly port: number;
  /** Registers versions 1, 2, 3, … of a new model, one for each folder, whose files become artifacts. */
  readonly register: (model: string, folders: readonly string[]) => Promise<void>;
}

const env = { MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false", MLFLOW_DISABLE_TELEMETRY: "true" };
const script: string = path.resolve(import.meta.dirname, "..", "models", "mlflow-registry", "register.py");

/** Starts it with a database and an artifact store of its own in the folder. */
export async function startRegistry(
  installation: Installation<"mlflow-registry">,
  folder: string,
): Promise<RegistryServer> {
  const [port = 0] = await freePorts(1);
  const home = path.join(folder, "registry");
  mkdirSync(home);
  const stores = [
    "--backend-store-uri",
    `sqlite:///${home}/registry.db`,
    "--artifacts-destination",
    `${home}/artifacts`,
  ];
  const server = await startServer({
    name: "mlflow-registry",
    command: path.join(installation.bin, "mlflow"),
    args: ["server", ...stores, "--host", "127.0.0.1", "--port", String(port), "--workers", "1"],
    env,
    folder,
    isReady: async () => (await fetch(`http://127.0.0.1:${port}/health`)).status === 200,
  });
  return {
    ...server,
    port,
    register: async (model, folders) => {
      const args = [script, `http://127.0.0.1:${port}`, model, ...folders];
      await promisify(execFile)(installation.python, args, { env: { ...process.env, ...env } });
    },
  };
}
