import { definitions, type Protocol } from "../../src/protocols/list.ts";
import type { Routing } from "../../src/relay/context.ts";
import type { ListedRoutes } from "../../src/routing/server-routes.ts";
import { createRouteTable, type RouteTable, type RouteTableOptions } from "../../src/routing/route-table.ts";

/** The route table of a protocol, without rules and without a configured model unless `more` names them. */
export function routeTableOf(protocol: Protocol, more: Partial<RouteTableOptions> = {}): RouteTable {
  const { routes: serverRoutes } = definitions[protocol];
  return createRouteTable({
    serverName: protocol,
    serverRoutes,
    allow: [],
    deny: [],
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
