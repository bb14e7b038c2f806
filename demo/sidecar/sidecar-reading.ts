/** What the sidecar says of itself on its admin port. */
import { readMetricsPage, sumOf, sumsBy } from "./metrics-page.ts";

/** The figures that the display shows, as the sidecar measured them. Times in seconds; undefined while not exported. */
export interface SidecarReading {
  readonly requestsPerSecond: number | undefined;
  readonly p50Seconds: number | undefined;
  readonly p95Seconds: number | undefined;
  readonly p99Seconds: number | undefined;
  /** Mean of what the sidecar itself added to a request, since it started. */
  readonly overheadSeconds: number | undefined;
  readonly inFlight: number | undefined;
  /** Requests whose bodies were not read, so that reading stays cheap; 0 while not exported. */
  readonly unread: number;
  /** Requests by how they ended, since the sidecar started. */
  readonly outcomes: Readonly<Record<string, number>>;
}

/** Names on the metrics page. */
const metricNames = {
  requestsPerSecond: "outrider_requests_per_second",
  p50Seconds: "outrider_latency_p50_seconds",
  p95Seconds: "outrider_latency_p95_seconds",
  p99Seconds: "outrider_latency_p99_seconds",
  inFlight: "outrider_requests_in_flight",
} as const;

const unreadTotal = "outrider_reading_dropped_total";
const requestsTotal = "outrider_requests_total";
const overhead = "outrider_overhead_seconds";

/** Reads a metrics page. */
export function readSidecarPage(page: string): SidecarReading {
  const samples = readMetricsPage(page);
  return {
    requestsPerSecond: sumOf(samples, metricNames.requestsPerSecond),
    p50Seconds: sumOf(samples, metricNames.p50Seconds),
    p95Seconds: sumOf(samples, metricNames.p95Seconds),
    p99Seconds: sumOf(samples, metricNames.p99Seconds),
    overheadSeconds: quotient(sumOf(samples, `${overhead}_sum`), sumOf(samples, `${overhead}_count`)),
    inFlight: sumOf(samples, metricNames.inFlight),
    unread: sumOf(samples, unreadTotal) ?? 0,
    outcomes: sumsBy(samples, requestsTotal, "outcome"),
  };
}

function quotient(sum: number | undefined, count: number | undefined): number | undefined {
  return sum === undefined || count === undefined || count === 0 ? undefined : sum / count;
}

/** Why the sidecar is not ready, in its own words, out of what `/readyz` answers; the whole answer when it is not as expected. */
export function readReadiness(body: string): string {
  try {
    const { reason } = JSON.parse(body) as { readonly reason?: unknown };
    return typeof reason === "string" ? reason : body.trim();
  } catch {
    return body.trim();
  }
}

/** Timeout of a request to the admin port, milliseconds; long, as the machine may be busy. */
const adminTimeoutMs = 10_000;

/**
 * A GET to the admin port, or a POST of some JSON: status and body, or status 0 and the reason when nothing answers.
 */
export async function askAdmin(
  adminUrl: string,
  route: string,
  json?: string,
): Promise<{ readonly status: number; readonly body: string }> {
  const post =
    json === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: json };
  try {
    const response = await fetch(`${adminUrl}${route}`, { ...post, signal: AbortSignal.timeout(adminTimeoutMs) });
    return { status: response.status, body: await response.text() };
  } catch (error) {
    return { status: 0, body: error instanceof Error ? error.message : String(error) };
  }
}
