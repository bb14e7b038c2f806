/** Every route of the admin port, declared once; the reference page and `GET /` are made from this table. */

/**
 * Who may call a route: `open` anyone who reaches the port (the pod network), `local` loopback or a holder of the
 * token, `token` a holder of the token only.
 */
export type RouteAccess = "open" | "local" | "token";

/** One row of {@link adminRoutes}. */
export interface AdminRoute {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly access: RouteAccess;
  readonly meaning: string;
  /** Statuses of its answers, beside the errors of every route. */
  readonly statuses: readonly number[];
}

const routes = {
  index: { method: "GET", path: "/", access: "open", meaning: "Lists all routes.", statuses: [200] },
  metrics: {
    method: "GET",
    path: "/metrics",
    access: "open",
    meaning: "Metrics in the Prometheus text format.",
    statuses: [200],
  },
  livez: {
    method: "GET",
    path: "/livez",
    access: "open",
    meaning: "Liveness of the sidecar itself; does not depend on the model server.",
    statuses: [200],
  },
  readyz: {
    method: "GET",
    path: "/readyz",
    access: "open",
    meaning: "Readiness: 200 when the model server is ready and no drain has begun, else 503 with the reason.",
    statuses: [200, 503],
  },
  upstreamLivez: {
    method: "GET",
    path: "/upstream/livez",
    access: "open",
    meaning: "Liveness of the model server, for the probe of a container that listens on loopback only.",
    statuses: [200, 503],
  },
  version: {
    method: "GET",
    path: "/version",
    access: "open",
    meaning: "Version and commit of the build.",
    statuses: [200],
  },
  hdr: {
    method: "GET",
    path: "/hdr",
    access: "open",
    meaning: "Latency histograms in the HdrHistogram V2 encoding, which any HdrHistogram tool can merge.",
    statuses: [200],
  },
  drainWait: {
    method: "GET",
    path: "/drain/wait",
    access: "open",
    meaning:
      "Waits until a drain has begun and no request is in flight, at most `max` (`90`, `90s` or `1500ms`; default 30 seconds). For the preStop hook of the model server's container.",
    statuses: [200, 503],
  },
  drain: {
    method: "POST",
    path: "/drain",
    access: "local",
    meaning: "Begins the drain and returns at once. Calling it again has no effect.",
    statuses: [200],
  },
  drainHook: {
    method: "GET",
    path: "/drain",
    access: "token",
    meaning: "The same, for httpGet hooks of the kubelet, which cannot POST.",
    statuses: [200],
  },
  config: {
    method: "GET",
    path: "/config",
    access: "local",
    meaning: "The effective configuration and the source of each value; secrets are masked.",
    statuses: [200],
  },
  labels: {
    method: "POST",
    path: "/labels",
    access: "local",
    meaning:
      'Accepts labels (true values) for predictions: `{"id": …, "label": …}` with the ID of the request, a list of these, `{"labels": […]}`, or one per line. `row` is the row of a batch (default 0); a list as `label` is for rows 0, 1, 2 and so on. `time` is when the label became known, in milliseconds since 1970. Sending a label again has no effect. Valid labels are accepted even beside invalid ones; the response counts both.',
    statuses: [202, 400, 408, 409, 413, 415, 503],
  },
  accuracy: {
    method: "GET",
    path: "/accuracy",
    access: "local",
    meaning: "Accuracy of each model: measured on labels, and estimated for predictions without labels.",
    statuses: [200],
  },
  drift: {
    method: "GET",
    path: "/drift",
    access: "local",
    meaning:
      "Drift of features, predictions and confidence from the baseline, with the statistics. `model` selects one model.",
    statuses: [200],
  },
  fleet: {
    method: "GET",
    path: "/fleet",
    access: "local",
    meaning:
      "State of the fleet: its replicas, the leader, and what the leader published last.",
    statuses: [200],
  },
} as const;

/** Name of a route. */
export type AdminRouteName = keyof typeof routes;

/** All routes by name. HEAD is answered wherever GET is. */
export const adminRoutes: Readonly<Record<AdminRouteName, AdminRoute>> = routes;

/** What a method and a path lead to. */
export type RouteMatch =
  | { readonly kind: "found"; readonly name: AdminRouteName }
  | { readonly kind: "wrong_method"; readonly allow: readonly string[] }
  | { readonly kind: "unknown"; readonly nearest: readonly string[] };

const names = Object.keys(adminRoutes) as AdminRouteName[];

/** Finds the route. Paths are matched byte for byte: nothing is decoded, no slash is forgiven. */
export function matchRoute(method: string, path: string): RouteMatch {
  const candidates = names.filter((name) => adminRoutes[name].path === path);
  if (candidates.length === 0) return { kind: "unknown", nearest: nearestPaths(path) };
  const wanted = method === "HEAD" ? "GET" : method;
  const name = candidates.find((candidate) => adminRoutes[candidate].method === wanted);
  if (name !== undefined) return { kind: "found", name };
  const methods = candidates.map((candidate) => adminRoutes[candidate].method);
  return { kind: "wrong_method", allow: methods.flatMap((one) => (one === "GET" ? ["GET", "HEAD"] : [one])) };
}

/** Names that other programs use for what is here under another one. */
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

/** Up to three paths that may have been meant; all of them when none is near. */
function nearestPaths(path: string): readonly string[] {
  const paths = [...new Set(names.map((name) => adminRoutes[name].path))];
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
