/** Routing of the running relay: its route table follows the detected protocol and the configured rules. */
import type { Config } from "../config/table/table.ts";
import type { Protocol } from "../protocols/protocol.ts";
import { createRouteTable } from "../protocols/route-table.ts";
import type { Relay } from "../relay/relay.ts";
import type { BodyTelemetry } from "./body-telemetry.ts";

/** Changes the routing of a running relay. */
export interface RoutingControl {
  setProtocol(this: void, protocol: Protocol): void;
  setRules(this: void, routes: Config["routes"]): void;
}

/** Joins the protocol, which may be detected late, with the route rules, which a reload may change. */
export function createRouting(relay: Relay, config: Config, telemetry: BodyTelemetry | undefined): RoutingControl {
  let protocol = config.protocol === "auto" ? undefined : config.protocol;
  let { routes } = config;
  const serve = (): void => {
    if (protocol === undefined) return;
    const { name: modelName, version: modelVersion } = config.model;
    relay.serve({ protocol, table: createRouteTable({ protocol, ...routes, modelName, modelVersion }) });
  };
  serve();
  if (protocol !== undefined) telemetry?.serve(protocol);
  return {
    setProtocol: (found) => {
      protocol = found;
      serve();
      telemetry?.serve(found);
    },
    setRules: (next) => {
      routes = next;
      serve();
    },
  };
}
