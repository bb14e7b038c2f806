/** What each route does. */
import { errorAnswer, faultAnswer, jsonAnswer, type AdminAnswer } from "./answer.ts";
import type { AdminRequest } from "./admin-request.ts";
import type { RequestSide } from "./http-connection.ts";
import type { AdminPorts } from "./ports.ts";
import type { BodyRefusal } from "./request-body.ts";
import { adminRoutes, type AdminRouteName } from "./routes.ts";

/** Answers one request. */
type Handler = (ports: AdminPorts, request: AdminRequest, client: RequestSide) => Promise<AdminAnswer> | AdminAnswer;

const routeList = Object.values(adminRoutes).map(({ method, path, access, meaning }) => ({
  method,
  path,
  access,
  meaning,
}));

/** Handlers by route. */
export const handlers: Readonly<Record<AdminRouteName, Handler>> = {
  index: () => jsonAnswer(200, { routes: routeList }),
  metrics: async (ports) => {
    const { contentType, text } = await ports.metrics();
    return { status: 200, contentType, body: text };
  },
  livez: () => jsonAnswer(200, { live: true }),
  readyz: (ports) => {
    const { isReady, reason, details } = ports.readiness();
    return jsonAnswer(isReady ? 200 : 503, { ready: isReady, reason, ...details });
  },
  upstreamLivez: async (ports) => {
    const { isLive, reason } = await ports.upstreamLiveness();
    return jsonAnswer(isLive ? 200 : 503, { live: isLive, reason });
  },
  version: (ports) => jsonAnswer(200, ports.version()),
  hdr: async (ports) => jsonAnswer(200, await ports.hdr()),
  drain: (ports) => drain(ports),
  drainHook: (ports) => drain(ports),
  drainWait: async (ports, request, { signal }) => {
    const maxMs = readMaxMs(request.query.get("max") ?? "30");
    if (Number.isNaN(maxMs)) return errorAnswer("argument_invalid");
    const { isDrained, inFlight } = await ports.waitForDrain(maxMs, signal);
    return jsonAnswer(isDrained ? 200 : 503, { drained: isDrained, in_flight: inFlight });
  },
  config: (ports) => jsonAnswer(200, ports.configView()),
  labels: async (ports, request, client) => {
    if (!["", "identity"].includes(request.contentEncoding.toLowerCase())) return errorAnswer("encoding_unsupported");
    const reading = await client.readBody();
    if (reading.kind === "faulty") return faultAnswer(reading.fault);
    if (reading.kind === "refused") return errorAnswer(reading.code, {}, refusalHeaders[reading.code]);
    const { status, body } = await ports.labels(reading.bytes, request.contentType);
    return jsonAnswer(status, body);
  },
  accuracy: (ports) => jsonAnswer(200, ports.accuracy()),
  drift: (ports, request) => {
    const model = request.query.get("model");
    return jsonAnswer(200, ports.drift(model === null ? {} : { model }));
  },
  fleet: async (ports) => jsonAnswer(200, await ports.fleet()),
};

const refusalHeaders: Partial<Record<BodyRefusal, Readonly<Record<string, string>>>> = {
  bodies_too_many: { "Retry-After": "1" },
};

function drain(ports: AdminPorts): AdminAnswer {
  const { isDraining, inFlight } = ports.drain();
  return jsonAnswer(200, { draining: isDraining, in_flight: inFlight });
}

const maxWaitMs = 86_400_000;

/** Milliseconds of `90`, `90s` or `1500ms`; NaN for anything else and for more than a day. */
export function readMaxMs(text: string): number {
  const { amount, unit } = /^(?<amount>\d{1,9})(?<unit>ms|s)?$/.exec(text)?.groups ?? {};
  const ms = Number(amount) * (unit === "ms" ? 1 : 1000);
  return ms <= maxWaitMs ? ms : Number.NaN;
}
