/** Builder of {@link Exchange} records for tests of observers. */
import type { Exchange, Route } from "../../src/exchange.ts";

/** A route for predictions of a model. */
export const aRoute = (over: Partial<Route> = {}): Route => ({
  kind: "inference",
  model: "iris",
  version: "1",
  ...over,
});

/** A good request of 12 ms, of which the model server took 10; `over` replaces fields. */
export function anExchange(over: Partial<Exchange> = {}): Exchange {
  const route = over.route ?? aRoute();
  return {
    route,
    model: route.model,
    variant: "stable",
    method: "POST",
    target: "/v2/models/iris/infer",
    requestId: "3f1c9a52",
    labelId: "",
    requestHeaders: {},
    traceId: "0af7651916cd43dd8448eb211c80319c",
    outcome: "ok",
    errorCode: "",
    status: 200,
    isStreaming: false,
    startedAtMs: 1_700_000_000_000,
    durationMs: 12,
    firstByteMs: 11,
    upstreamMs: 10,
    queueMs: 0,
    requestBodyBytes: 100,
    responseBodyBytes: 50,
    retries: 0,
    requestBody: undefined,
    responseBody: undefined,
    ...over,
  };
}
