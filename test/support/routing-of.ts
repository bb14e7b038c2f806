import { definitions, type Protocol } from "../../src/protocols/list.ts";
import type { Routing } from "../../src/relay/context.ts";
import type { ListedRoutes } from "../../src/routing/server-routes.ts";
import { routeRules } from "./route-rules.ts";
import { createRouteTable, type RouteTable } from "../../src/routing/route-table.ts";

/** What a test may say of a route table; rules as the configuration file has them. */
export interface TableChoices {
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
  readonly modelName?: string;
  readonly modelVersion?: string;
}

/** The route table of a protocol, without rules and without a configured model unless they are given. */
export function routeTableOf(protocol: Protocol, { allow = [], deny = [], ...more }: TableChoices = {}): RouteTable {
  const { routes: serverRoutes } = definitions[protocol];
  return createRouteTable({
    serverName: protocol,
    serverRoutes,
    allow: routeRules(...allow),
    deny: routeRules(...deny),
    modelName: "",
    modelVersion: "",
    ...more,
  });
}

/** What a relay is given once the protocol of its upstream is known. */
export function routingOf(protocol: Protocol): Routing {
  const { modelIn, renderError } = definitions[protocol];
  return { table: routeTableOf(protocol), modelIn, renderError };
}

/** The rows of a protocol's table; none for one without a table. */
export function rowsOf(protocol: Protocol): Pick<ListedRoutes, "open" | "closed"> {
  const { routes } = definitions[protocol];
  return routes.kind === "listed" ? routes : { open: [], closed: [] };
}
