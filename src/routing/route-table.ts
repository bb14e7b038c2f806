import type { Route } from "../exchange.ts";
import { ownCopy } from "../text/own-copy.ts";
import { createBoundedMemo } from "./bounded-memo.ts";
import { createUnlistedDecider } from "./unlisted-decider.ts";
import { cleanLabelName } from "../text/label-name.ts";
import { createListedDecider } from "./listed-decider.ts";
import type { Admission, RouteDecider, RouteDecision } from "./route-decision.ts";
import type { ServerRoutes } from "./server-routes.ts";
import type { RouteRule } from "./route-rule.ts";
import { pathOfTarget } from "./target-path.ts";

/** Options of {@link createRouteTable}. */
export interface RouteTableOptions {
  /** What denials call the server, e.g. the name of its protocol. */
  readonly serverName: string;
  readonly serverRoutes: ServerRoutes;
  /** They open paths in addition to the server's own. Any other unlisted route is denied. */
  readonly allow: readonly RouteRule[];
  /** They win over everything. */
  readonly deny: readonly RouteRule[];
  /** Label for requests whose path names no model; may be empty. */
  readonly modelName: string;
  /** Version of {@link modelName}, for requests whose path names none; may be empty. */
  readonly modelVersion: string;
}

/** Decides which requests may reach the model server, and under which labels they count. */
export interface RouteTable {
  /**
   * Decides on one request by its method and target (in any form of RFC 9112). Pure and total: never throws. The
   * same kind, model and version give the very same {@link Route} object while no more than 1,024 of them are in use.
   * About 0.1 µs for a path that is remembered, else a few microseconds.
   */
  decide(method: string, target: string): RouteDecision;
  /** Decisions and routes that are remembered now, each at most 2,048: the tests of that bound read it. */
  readonly remembered: { readonly decisions: number; readonly routes: number };
}

const generationSize = 1024;
// Longer paths are decided anew each time: remembering them would let a client choose how much memory they take.
const maxRememberedKeyLength = 512;

/** Makes the route table of one model server. Recent decisions are remembered, within a bound. */
export function createRouteTable(options: RouteTableOptions): RouteTable {
  const decidePath = createDecider(options);
  const internRoute = createRouteInterner(options);
  const decisions = createBoundedMemo<RouteDecision>(generationSize);

  const decideAnew = (method: string, path: string): RouteDecision => {
    const verdict = decidePath(method, path);
    return verdict.kind === "denied" ? verdict : { kind: "allowed", route: internRoute.intern(verdict) };
  };

  return {
    decide(method, target) {
      const path = pathOfTarget(target);
      const key = `${method} ${path}`;
      if (key.length > maxRememberedKeyLength) return decideAnew(method, path);
      let decision = decisions.get(key);
      if (decision === undefined) {
        decision = decideAnew(method, path);
        decisions.set(key, decision);
      }
      return decision;
    },
    get remembered() {
      return { decisions: decisions.size, routes: internRoute.size() };
    },
  };
}

function createDecider({ serverName, serverRoutes, allow, deny }: RouteTableOptions): RouteDecider {
  return serverRoutes.kind === "unlisted"
    ? createUnlistedDecider(allow, deny)
    : createListedDecider(serverName, serverRoutes, { allow, deny });
}

interface RouteInterner {
  readonly intern: (admission: Admission) => Route;
  readonly size: () => number;
}

function createRouteInterner(options: RouteTableOptions): RouteInterner {
  const routes = createBoundedMemo<Route>(generationSize);
  const configured = { model: cleanLabelName(options.modelName), version: cleanLabelName(options.modelVersion) };

  const intern = (admission: Admission): Route => {
    const model = cleanLabelName(admission.model) || configured.model;
    // The configured version belongs to the configured model, not to whichever model the path names.
    const isConfigured = configured.model === "" || model === configured.model;
    const version = cleanLabelName(admission.version) || (isConfigured ? configured.version : "");
    // Names hold no line feed once cleaned, so the key is unambiguous.
    const key = `${admission.routeKind}\n${model}\n${version}`;
    const known = routes.get(key);
    if (known !== undefined) return known;
    const route: Route = { kind: admission.routeKind, model: ownCopy(model), version: ownCopy(version) };
    routes.set(key, route);
    return route;
  };
  return { intern, size: () => routes.size };
}
