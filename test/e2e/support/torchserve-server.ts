import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Installation } from "./installed.ts";
import { freePorts, type ServerProcess, startServer } from "./server-process.ts";

/** A real TorchServe: Java in front, one Python worker a model. */
export interface TorchServe extends ServerProcess {
  readonly port: number;
  readonly managementPort: number;
}

/** One model as the management port describes it, as far as tests ask. */
export interface TorchServeModel {
  readonly workers: readonly { readonly pid: number; readonly status: string }[];
}

/** Starts TorchServe with every model of the store; it is ready when each has a worker. */
export async function startTorchServe(installation: Installation<"torchserve">, folder: string): Promise<TorchServe> {
  const ports = await freePorts(5);
  const [port = 0, managementPort = 0] = ports;
  const home = installation.sitePackages;
  const temporary = path.join(folder, "torchserve-tmp");
  mkdirSync(temporary, { recursive: true });
  writeFileSync(path.join(folder, "config.properties"), properties(installation, ports));
  const java = [`-Xmx256m`, `-Djava.io.tmpdir=${temporary}`, `-Dmodel_server_home=${home}`];
  const main = ["-cp", `${home}/ts/frontend/*`, "org.pytorch.serve.ModelServer"];
  const options = ["--python", installation.python, "-f", "config.properties", "-s", installation.store, "-ncs"];
  const server = await startServer({
    name: "torchserve",
    // Java itself: TorchServe's launcher does not pass signals on.
    command: "java",
    args: [...java, ...main, ...options],
    env: {
      PYTHONPATH: `${installation.stubs}:${home}`,
      PYTHONDONTWRITEBYTECODE: "1",
      LOG_LOCATION: folder,
      METRICS_LOCATION: folder,
    },
    folder,
    isReady: async () =>
      (await Promise.all(installation.models.map((model) => hasWorker(managementPort, model)))).every(Boolean),
  });
  return { ...server, port, managementPort };
}

function properties(installation: Installation<"torchserve">, ports: readonly number[]): string {
  const [inference, management, metrics, grpc, grpcManagement] = ports;
  return Object.entries({
    inference_address: `http://127.0.0.1:${inference}`,
    management_address: `http://127.0.0.1:${management}`,
    metrics_address: `http://127.0.0.1:${metrics}`,
    grpc_inference_port: grpc,
    grpc_management_port: grpcManagement,
    model_store: installation.store,
    load_models: installation.models.map((model) => `${model}.mar`).join(","),
    default_workers_per_model: 1,
    number_of_netty_threads: 2,
    disable_token_authorization: true,
    metrics_mode: "prometheus",
    enable_model_api: true,
  })
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
}

async function hasWorker(managementPort: number, model: string): Promise<boolean> {
  const { workers } = await describeTorchServeModel(managementPort, model);
  return workers.some((worker) => worker.status === "READY");
}

/** What the management port says of a model. */
export async function describeTorchServeModel(managementPort: number, model: string): Promise<TorchServeModel> {
  const response = await fetch(`http://127.0.0.1:${managementPort}/models/${model}`);
  if (!response.ok) throw new Error(`${response.status} for model ${model}`);
  const [description] = (await response.json()) as readonly TorchServeModel[];
  if (!description) throw new Error(`no description of model ${model}`);
  return description;
}
