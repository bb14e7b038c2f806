import type { Installation } from "./installed.ts";
import { freePorts, type ServerProcess, startServer } from "./server-process.ts";

/** A real MLflow scoring server. */
export interface MlflowServer extends ServerProcess {
  readonly port: number;
}

/** What can be chosen when it is started. */
export interface MlflowOptions {
  readonly model: "classifier" | "actor";
  readonly folder: string;
  /** A port to start again on; left out, a free one. */
  readonly port?: number;
  /** The server's own limit for a prediction, seconds. */
  readonly requestTimeoutSeconds?: number;
}

/** Starts what `mlflow models serve` starts, without its command line: that saves ten seconds. */
export async function startMlflow(installation: Installation<"mlflow">, options: MlflowOptions): Promise<MlflowServer> {
  const [free = 0] = await freePorts(1);
  const port = options.port ?? free;
  const app = "mlflow.pyfunc.scoring_server.app:app";
  const server = await startServer({
    name: `mlflow-${options.model}`,
    command: installation.python,
    args: ["-m", "uvicorn", "--host", "127.0.0.1", "--port", String(port), app],
    env: {
      __pyfunc_model_path__: installation[options.model],
      MLFLOW_DISABLE_TELEMETRY: "true",
      MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT: String(options.requestTimeoutSeconds ?? 60),
    },
    folder: options.folder,
    isReady: async () => (await fetch(`http://127.0.0.1:${port}/ping`)).status === 200,
  });
  return { ...server, port };
}
