import { cpSync } from "node:fs";
import path from "node:path";
import type { Installation } from "./installed.ts";
import { freePorts, type ServerProcess, startServer } from "./server-process.ts";

/** A real Triton with the Python models of the tests. */
export interface Triton extends ServerProcess {
  readonly port: number;
}

/** Starts Triton with every model loaded; models can be unloaded and loaded over its own port. */
export async function startTriton(installation: Installation<"triton">, folder: string): Promise<Triton> {
  const [port = 0, grpcPort = 0, metricsPort = 0] = await freePorts(3);
  const repository = path.join(folder, "models");
  cpSync(installation.models, repository, { recursive: true });
  const server = await startServer({
    name: "triton",
    command: installation.server,
    args: [
      `--model-repository=${repository}`,
      `--backend-directory=${installation.backends}`,
      "--model-control-mode=explicit",
      "--load-model=*",
      "--http-address=127.0.0.1",
      `--http-port=${port}`,
      "--grpc-address=127.0.0.1",
      `--grpc-port=${grpcPort}`,
      "--metrics-address=127.0.0.1",
      `--metrics-port=${metricsPort}`,
      "--exit-timeout-secs=5",
    ],
    env: {
      LD_LIBRARY_PATH: installation.libraryFolders.join(":"),
      PATH: `${installation.pythonFolder}:${process.env["PATH"] ?? ""}`,
    },
    folder,
    isReady: async () => (await fetch(`http://127.0.0.1:${port}/v2/health/ready`)).status === 200,
  });
  return { ...server, port };
}
