/** The one list of serving protocols. Each has its own folder; a new one is added here. */
import { bentoml } from "./bentoml/definition.ts";
import { generic } from "./generic/definition.ts";
import { kserveV1 } from "./kserve-v1/definition.ts";
import { kserveV2 } from "./kserve-v2/definition.ts";
import { mlflow } from "./mlflow/definition.ts";
import { openai } from "./openai/definition.ts";
import type { ProtocolDefinition } from "./protocol.ts";
import { tensorflowServing } from "./tensorflow-serving/definition.ts";
import { torchserve } from "./torchserve/definition.ts";

/** Names of the serving protocols, in the order in which users see them. */
export const protocols = [
  "mlflow",
  "tensorflow-serving",
  "torchserve",
  "kserve-v1",
  "kserve-v2",
  "bentoml",
  "openai",
  "generic",
] as const;

/** See {@link protocols}. */
export type Protocol = (typeof protocols)[number];

/** The protocol to assume for a server whose responses match no other. */
export const fallbackProtocol = "generic";

/** Every protocol, in the order in which detection asks and weighs them. */
export const definitions: Readonly<Record<Protocol, ProtocolDefinition>> = {
  torchserve,
  "tensorflow-serving": tensorflowServing,
  "kserve-v1": kserveV1,
  "kserve-v2": kserveV2,
  openai,
  mlflow,
  bentoml,
  generic,
};
