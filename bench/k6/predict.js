/**
 * Load for your own sidecar: a constant rate of predictions, whether or not earlier ones are answered, with thresholds
 * that fail the run. Needs k6; `npm run setup -- k6` puts one into the cache.
 *
 *   k6 run -e BASE_URL=http://127.0.0.1:18080 bench/k6/predict.js
 *
 * Settings, each with -e NAME=VALUE:
 *   BASE_URL      where the sidecar listens                    http://127.0.0.1:18080
 *   REQUEST_PATH  inference path of your model                 /invocations
 *   BODY_FILE     a file with the request's JSON body          a row of 40 numbers as MLflow takes them
 *   RATE          requests a second                            100
 *   DURATION      how long                                     30s
 *   P95_MS        threshold: 95 % are faster than this         100
 *   P99_MS        threshold: 99 % are faster than this         200
 *   ERROR_RATE    threshold: share of failed requests          0.001
 *   ADMIN_URL     the sidecar's admin port; when it is given, the end says how many requests it counted
 */
import { check } from "k6";
import http from "k6/http";

const baseUrl = __ENV.BASE_URL || "http://127.0.0.1:18080";
const url = baseUrl + (__ENV.REQUEST_PATH || "/invocations");
const rate = Number(__ENV.RATE || 100);
const numbers = Array.from({ length: 40 }, (_, index) => ((index * 7919) % 1000) / 37);
const body = __ENV.BODY_FILE ? open(__ENV.BODY_FILE) : JSON.stringify({ inputs: [numbers] });
const parameters = { headers: { "Content-Type": "application/json" } };

export const options = {
  scenarios: {
    predictions: {
      executor: "constant-arrival-rate",
      rate,
      timeUnit: "1s",
      duration: __ENV.DURATION || "30s",
      preAllocatedVUs: Math.max(10, Math.ceil(rate / 10)),
      maxVUs: Math.max(100, rate * 2),
    },
  },
  thresholds: {
    http_req_duration: [`p(95)<${__ENV.P95_MS || 100}`, `p(99)<${__ENV.P99_MS || 200}`],
    http_req_failed: [`rate<${__ENV.ERROR_RATE || 0.001}`],
    // Requests that could not even be started in time.
    dropped_iterations: [`count<${Math.max(1, rate * 0.01)}`],
  },
  summaryTrendStats: ["avg", "p(50)", "p(95)", "p(99)", "max"],
};

export default function predict() {
  const response = http.post(url, body, parameters);
  check(response, {
    "the answer is 200": ({ status }) => status === 200,
    "the sidecar made no error of its own": ({ headers }) => headers["X-Outrider-Error"] === undefined,
  });
}

export function setup() {
  return { countedBefore: countedBySidecar() };
}

export function teardown({ countedBefore }) {
  const counted = countedBySidecar();
  if (counted !== undefined) console.log(`requests that the sidecar counted: ${counted - countedBefore}`);
}

/** Requests with any outcome, from the sidecar's own metrics; undefined without ADMIN_URL. */
function countedBySidecar() {
  if (!__ENV.ADMIN_URL) return undefined;
  const page = http.get(`${__ENV.ADMIN_URL}/metrics`).body;
  const lines = page.split("\n").filter((line) => line.startsWith("outrider_requests_total"));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}
