/** Every route of the admin API, declared once: who may call it and what it does. `GET /` and the reference page list it. */
import type { AdminRequest } from "./admin-request.ts";
import { errorAnswer, faultAnswer, jsonAnswer, type AdminAnswer } from "./answer.ts";
import type { RequestClient } from "./http-connection.ts";
import type { AdminPorts } from "./ports.ts";
import type { BodyRefusal } from "./request-body.ts";

/**
 * Who may call a route. `open`: anyone who can reach the port, which is the pod network. `local`: a call from loopback,
 * or with the token. `token`: a call with the token.
 */
export type RouteAccess = "open" | "local" | "token";

/** One row of {@link adminRoutes}. */
export interface AdminRoute {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly access: RouteAccess;
  readonly meaning: string;
  /** Statuses of its responses, in addition to the errors that every route can return. */
  readonly statuses: readonly number[];
  /** Answers a request that {@link access} allows. A rejection becomes a 500. */
  handle(
    this: void,
    ports: AdminPorts,
    request: AdminRequest,
    client: RequestClient,
  ): Promise<AdminAnswer> | AdminAnswer;
}

/** All routes. A new one needs a row here and, if it asks the sidecar for something new, a function in {@link AdminPorts}. */
export const adminRoutes: readonly AdminRoute[] = [
  {
    method: "GET",
    path: "/",
    access: "open",
    meaning: "Lists all routes.",
    statuses: [200],
    handle: () => jsonAnswer(200, { routes: adminRoutes.map(described) }),
  },
  {
    method: "GET",
    path: "/metrics",
    access: "open",
    meaning: "Metrics in the Prometheus text format.",
    statuses: [200],
    handle: async (ports) => {
      const { contentType, text } = await ports.metrics();
      return { status: 200, contentType, body: text };
    },
  },
  {
    method: "GET",
    path: "/livez",
    access: "open",
    meaning: "Liveness of the sidecar itself; does not depend on the model server.",
    statuses: [200],
    handle: () => jsonAnswer(200, { live: true }),
  },
  {
    method: "GET",
    path: "/readyz",
    access: "open",
    meaning: "Readiness: 200 when the model server is ready and no drain has begun, else 503 with the reason.",
    statuses: [200, 503],
    handle: (ports) => {
      const { isReady, reason, details } = ports.readiness();
      return jsonAnswer(isReady ? 200 : 503, { ready: isReady, reason, ...details });
    },
  },
  {
    method: "GET",
    path: "/upstream/livez",
    access: "open",
    meaning: "Liveness of the model server, for the probe of a container that listens on loopback only.",
    statuses: [200, 503],
    handle: async (ports) => {
      const { isLive, reason } = await ports.upstreamLiveness();
      return jsonAnswer(isLive ? 200 : 503, { live: isLive, reason });
    },
  },
  {
    method: "GET",
    path: "/version",
    access: "open",
    meaning: "Version and commit of the build.",
    statuses: [200],
    handle: (ports) => jsonAnswer(200, ports.version()),
  },
  {
    method: "GET",
    path: "/hdr",
    access: "open",
    meaning: "Latency histograms in the HdrHistogram V2 encoding, which any HdrHistogram tool can merge.",
    statuses: [200],
    handle: async (ports) => jsonAnswer(200, await ports.hdr()),
  },
  {
    method: "GET",
    path: "/drain/wait",
    access: "open",
    meaning:
      "Waits until a drain has begun and no request is in flight, at most `max` (`90`, `90s` or `1500ms`; default 30 seconds). For the preStop hook of the model server's container.",
    statuses: [200, 503],
    handle: async (ports, request, { signal }) => {
      const maxMs = readMaxMs(request.query.get("max") ?? "30");
      if (Number.isNaN(maxMs)) return errorAnswer("argument_invalid");
      const { isDrained, inFlight } = await ports.waitForDrain(maxMs, signal);
      return jsonAnswer(isDrained ? 200 : 503, { drained: isDrained, in_flight: inFlight });
    },
  },
  {
    method: "POST",
    path: "/drain",
    access: "local",
    meaning: "Begins the drain and returns at once. Calling it again has no effect.",
    statuses: [200],
    handle: (ports) => drain(ports),
  },
  {
    method: "GET",
    path: "/drain",
    access: "token",
    meaning: "The same, for httpGet hooks of the kubelet, which cannot POST.",
    statuses: [200],
    handle: (ports) => drain(ports),
  },
  {
    method: "GET",
    path: "/config",
    access: "local",
    meaning: "The effective configuration and the source of each value; secrets are masked.",
    statuses: [200],
    handle: (ports) => jsonAnswer(200, ports.configView()),
  },
  {
    method: "POST",
    path: "/labels",
    access: "local",
    meaning:
      'Accepts labels (true values) for predictions: `{"id": …, "label": …}` with the ID of the request, a list of these, `{"labels": […]}`, or one per line. `row` is the row of a batch (default 0); a list as `label` is for rows 0, 1, 2 and so on. `time` is when the label became known, in milliseconds since 1970. Sending a label again has no effect. Valid labels are accepted even beside invalid ones; the response counts both.',
    statuses: [202, 400, 408, 409, 413, 415, 503],
    handle: async (ports, request, client) => {
      if (!["", "identity"].includes(request.contentEncoding.toLowerCase())) return errorAnswer("encoding_unsupported");
      const sent = await client.readBody();
      if (sent.kind === "faulty") return faultAnswer(sent.fault);
      if (sent.kind === "refused") return errorAnswer(sent.code, {}, refusalHeaders[sent.code]);
      const { status, body } = await ports.labels(sent.bytes, request.contentType);
      return jsonAnswer(status, body);
    },
  },
  {
    method: "GET",
    path: "/accuracy",
    access: "local",
    meaning: "Accuracy of each model: measured on labels, and estimated for predictions without labels.",
    statuses: [200],
    handle: (ports) => jsonAnswer(200, ports.accuracy()),
  },
  {
    method: "GET",
    path: "/drift",
    access: "local",
    meaning:
      "Drift of features, predictions and confidence from the baseline, with the statistics. `model` selects one model.",
    statuses: [200],
    handle: (ports, request) => {
      const model = request.query.get("model");
      return jsonAnswer(200, ports.drift(model === null ? {} : { model }));
    },
  },
  {
    method: "GET",
    path: "/fleet",
    access: "local",
    meaning: "State of the fleet: its replicas, the leader, and what the leader published last.",
    statuses: [200],
    handle: async (ports) => jsonAnswer(200, await ports.fleet()),
  },
];

const described = ({ method, path, access, meaning }: AdminRoute): object => ({ method, path, access, meaning });

const refusalHeaders: Partial<Record<BodyRefusal, Readonly<Record<string, string>>>> = {
  bodies_too_many: { "Retry-After": "1" },
};

function drain(ports: AdminPorts): AdminAnswer {
  const { isDraining, inFlight } = ports.drain();
  return jsonAnswer(200, { draining: isDraining, in_flight: inFlight });
}

const maxWaitMs = 86_400_000;

/** Milliseconds of `90`, `90s` or `1500ms`; NaN for anything else, and for more than a day. */
function readMaxMs(text: string): number {
  const { amount, unit } = /^(?<amount>\d{1,9})(?<unit>ms|s)?$/.exec(text)?.groups ?? {};
  const ms = Number(amount) * (unit === "ms" ? 1 : 1000);
  return ms <= maxWaitMs ? ms : Number.NaN;
}
