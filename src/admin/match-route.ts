/** From the method and path of a request to a row of the table of routes. */
import { adminRoutes, type AdminRoute } from "./routes.ts";

/** Result of {@link matchRoute}: the route, the methods that the path has, or paths that were probably meant. */
export type RouteMatch =
  | { readonly kind: "found"; readonly route: AdminRoute }
  | { readonly kind: "wrong_method"; readonly allow: readonly string[] }
  | { readonly kind: "unknown"; readonly nearest: readonly string[] };

/** Finds the route. Paths are compared byte for byte: nothing is decoded, and a slash at the end is another path. */
export function matchRoute(method: string, path: string): RouteMatch {
  const candidates = adminRoutes.filter((route) => route.path === path);
  if (candidates.length === 0) return { kind: "unknown", nearest: nearestPaths(path) };
  const wanted = method === "HEAD" ? "GET" : method;
  const route = candidates.find((candidate) => candidate.method === wanted);
  if (route !== undefined) return { kind: "found", route };
  return {
    kind: "wrong_method",
    allow: candidates.flatMap((candidate) => (candidate.method === "GET" ? ["GET", "HEAD"] : [candidate.method])),
  };
}

/** Words in the paths of other programs, and the paths that serve the same purpose here. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  health: ["/livez", "/readyz"],
  ready: ["/readyz"],
  live: ["/livez"],
  alive: ["/livez"],
  ping: ["/livez"],
  prometheus: ["/metrics"],
  stats: ["/metrics"],
  quit: ["/drain"],
  shutdown: ["/drain"],
  feedback: ["/labels"],
  truth: ["/labels"],
};

/** Up to three similar paths; all paths when none is similar. */
function nearestPaths(path: string): readonly string[] {
  const paths = [...new Set(adminRoutes.map((route) => route.path))];
  const asked = path.toLowerCase();
  const named = Object.entries(otherNames).filter(([word]) => asked.includes(word));
  const alike = paths.filter((known) => known !== "/" && sharedPrefix(asked, known) >= Math.min(4, known.length - 1));
  const nearest = [...new Set([...alike, ...named.flatMap(([, meant]) => meant)])].slice(0, 3);
  return nearest.length > 0 ? nearest : paths;
}

function sharedPrefix(left: string, right: string): number {
  let length = 0;
  while (length < left.length && left[length] === right[length]) length++;
  return length;
}
