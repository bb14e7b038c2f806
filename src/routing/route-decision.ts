import type { Route, RouteKind } from "../exchange.ts";

/** A request that may go to the model server. */
export interface AllowedRoute {
  readonly kind: "allowed";
  /** Shared by all requests with the same kind, model and version. */
  readonly route: Route;
}

/** A request that is answered without asking the model server. */
export interface DeniedRoute {
  readonly kind: "denied";
  readonly code: "route_denied" | "method_denied" | "path_ambiguous";
  /** Why, and what to do about it; holds nothing that the client sent. */
  readonly reason: string;
  /** Methods that are open for the path; empty unless the code is `method_denied`. */
  readonly allow: readonly string[];
}

/** What is to be done with a request. */
export type RouteDecision = AllowedRoute | DeniedRoute;

/** A request that is let through, before its labels have been made. Names are decoded but not yet cleaned. */
export interface Admission {
  readonly kind: "admitted";
  readonly routeKind: RouteKind;
  /** Empty when the path names none. */
  readonly model: string;
  readonly version: string;
}

/** Decides over one path; pure, so the same question always has the same answer. */
export type RouteDecider = (method: string, path: string) => Admission | DeniedRoute;

const noMethods: readonly string[] = [];

/** A denial by path. */
export function denyRoute(reason: string): DeniedRoute {
  return { kind: "denied", code: "route_denied", reason, allow: noMethods };
}

/** A denial of a path that can be read in two ways. */
export function denyAmbiguous(reason: string): DeniedRoute {
  return {
    kind: "denied",
    code: "path_ambiguous",
    reason: `${reason}; send the path in its plain form`,
    allow: noMethods,
  };
}

/** A denial by method; `allow` lists the open ones. */
export function denyMethod(allow: readonly string[]): DeniedRoute {
  const reason =
    allow.length === 0
      ? "this method is never passed on"
      : `this path is open for ${allow.join(", ")} only; to open another method add it to routes.allow`;
  return { kind: "denied", code: "method_denied", reason, allow };
}

/** Why a path that a deny rule covers is denied. The rule itself is the operator's business, not the client's. */
export const closedByRule: DeniedRoute = denyRoute("this path is closed by routes.deny");
