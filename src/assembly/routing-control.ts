/** Routing of the running relay: its route table follows the detected protocol and the configured rules. */
import type { Config } from "../config/table/table.ts";
import { definitions, type Protocol } from "../protocols/list.ts";
import { createRouteTable } from "../routing/route-table.ts";
import type { Relay } from "../relay/relay.ts";
import type { BodyTelemetry } from "./body-telemetry.ts";

/** Changes the routing of a running relay. */
export interface RoutingControl {
  setProtocol(this: void, protocol: Protocol): Promise<void>;
  setRules(this: void, routes: Config["routes"]): void;
}

/** Joins the protocol, which may be detected late, with the route rules, which a reload may change. */
export async function createRouting(
  relay: Relay,
  config: Config,
  telemetry: BodyTelemetry | undefined,
): Promise<RoutingControl> {
  let protocol = config.protocol === "auto" ? undefined : config.protocol;
  let { routes } = config;
  const serve = (): void => {
    if (protocol === undefined) return;
    const { name: modelName, version: modelVersion } = config.model;
    const { routes: serverRoutes, modelIn, renderError } = definitions[protocol];
    const table = createRouteTable({ serverName: protocol, serverRoutes, ...routes, modelName, modelVersion });
    relay.serve({ table, modelIn, renderError });
  };
  // The reader is loaded before requests pass, so that bodies are read from the first one on.
  if (protocol !== undefined) await telemetry?.serve(protocol);
  serve();
  return {
    setProtocol: async (found) => {
      await telemetry?.serve(found);
      protocol = found;
      serve();
    },
    setRules: (next) => {
      routes = next;
      serve();
    },
  };
}
