import type { Protocol } from "./protocol.ts";
import { bentomlRoutes } from "./bentoml/routes.ts";
import { kserveV1Routes } from "./kserve-v1/routes.ts";
import { kserveV2Routes } from "./kserve-v2/routes.ts";
import { mlflowRoutes } from "./mlflow/routes.ts";
import { openaiRoutes } from "./openai/routes.ts";
import type { PrivateRow, ProtocolRoutes, RouteRow } from "../routing/protocol-routes.ts";
import { tensorflowServingRoutes } from "./tensorflow-serving/routes.ts";
import { torchserveRoutes } from "./torchserve/routes.ts";

/** The routes of every protocol that has a table; `generic` passes what the user's rules let through. */
export const protocolRoutes: Readonly<Record<Exclude<Protocol, "generic">, ProtocolRoutes>> = {
  mlflow: mlflowRoutes,
  "tensorflow-serving": tensorflowServingRoutes,
  torchserve: torchserveRoutes,
  "kserve-v1": kserveV1Routes,
  "kserve-v2": kserveV2Routes,
  bentoml: bentomlRoutes,
  openai: openaiRoutes,
};

/** The paths that a protocol opens, in the order of its table, for the reference; none for `generic`. */
export function routeRows(protocol: Protocol): readonly RouteRow[] {
  return protocol === "generic" ? [] : protocolRoutes[protocol].open;
}

/** The paths that a protocol keeps closed by name, for the reference; none for `generic`. */
export function privateRows(protocol: Protocol): readonly PrivateRow[] {
  return protocol === "generic" ? [] : protocolRoutes[protocol].closed;
}
