import type { Route, RouteKind } from "../exchange.ts";

/** The decision on a request that may reach the model server. */
export interface AllowedRoute {
  readonly kind: "allowed";
  /** Shared by all requests with the same kind, model and version. */
  readonly route: Route;
}

/** The decision on a request that Outrider answers itself; the model server never sees it. */
export interface DeniedRoute {
  readonly kind: "denied";
  readonly code: "route_denied" | "method_denied" | "path_ambiguous";
  /** Why, and what to do about it; holds nothing that the client sent. */
  readonly reason: string;
  /** Methods that are open for the path; empty unless the code is `method_denied`. */
  readonly allow: readonly string[];
}

/** The decision of a route table: pass the request on, or deny it locally. */
export type RouteDecision = AllowedRoute | DeniedRoute;

/** A request that passes, before it has its labels. Names are decoded but not yet cleaned. */
export interface Admission {
  readonly kind: "admitted";
  readonly routeKind: RouteKind;
  /** Empty when the path names none. */
  readonly model: string;
  readonly version: string;
}

/** Decides on one path. Pure: equal arguments give equal decisions, so they may be remembered. */
export type RouteDecider = (method: string, path: string) => Admission | DeniedRoute;

const noMethods: readonly string[] = [];

/** A denial whatever the method is (`route_denied`, 403). `reason` is shown to the client. */
export function denyRoute(reason: string): DeniedRoute {
  return { kind: "denied", code: "route_denied", reason, allow: noMethods };
}

/** A denial of a path that servers interpret in different ways (`path_ambiguous`, 400). */
export function denyAmbiguous(reason: string): DeniedRoute {
  return {
    kind: "denied",
    code: "path_ambiguous",
    reason: `${reason}; send the path in its plain form`,
    allow: noMethods,
  };
}

/** A denial by method (`method_denied`, 405); `allow` lists the open ones and may be empty. */
export function denyMethod(allow: readonly string[]): DeniedRoute {
  const reason =
    allow.length === 0
      ? "this method is never passed on"
      : `this path is open for ${allow.join(", ")} only; to open another method add it to routes.allow`;
  return { kind: "denied", code: "method_denied", reason, allow };
}

/** The denial of a path that a deny rule covers. It does not show the rule: that is for the operator alone. */
export const closedByRule: DeniedRoute = denyRoute("this path is closed by routes.deny");
