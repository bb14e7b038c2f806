/** The values of every metric in the catalogue, read from where they are counted. */
import type { WireErrorCode } from "../errors.ts";
import { denialCodes, errorCodes, limitCodes, type AlwaysPresentMetric } from "../metrics/catalogue/catalogue.ts";
import type { DurationHistogram } from "../metrics/requests/duration-histogram.ts";
import type { LabelSet } from "../metrics/requests/label-sets.ts";
import { auxiliaryKinds, type RequestMetrics } from "../metrics/requests/request-metrics.ts";
import { histogramSamples, type LabelValues, type Sample } from "../metrics/sample.ts";
import { outcomes } from "../outcome.ts";
import type { ExpositionSources } from "./sources.ts";

/**
 * Samples of each metric that is always there; made while they are read, so that a long family can be read in slices.
 */
export type Families = Readonly<Record<AlwaysPresentMetric, Iterable<Sample>>>;

/** Samples of the metrics that are always there. Cheap values are read at once, label sets while they are iterated. */
export const familiesOf = (sources: ExpositionSources): Families => ({
  ...requestFamilies(sources.requests),
  ...scalingFamilies(sources),
  ...relayFamilies(sources),
  ...stateFamilies(sources),
});

const requestFamilies = (requests: RequestMetrics) =>
  ({
    outrider_requests_total: requestCounts(requests),
    outrider_auxiliary_requests_total: auxiliaryKinds.flatMap((kind) =>
      outcomes.map((outcome) => ({ labels: { kind, outcome }, value: requests.auxiliaryCount(kind, outcome) })),
    ),
    outrider_request_duration_seconds: byModel(requests, "outrider_request_duration_seconds", (set) => set.duration),
    outrider_first_byte_seconds: byModel(requests, "outrider_first_byte_seconds", (set) => set.firstByte),
    outrider_upstream_seconds: byModel(requests, "outrider_upstream_seconds", (set) => set.upstream),
    outrider_stream_duration_seconds: byModel(requests, "outrider_stream_duration_seconds", (set) => set.stream),
    outrider_overhead_seconds: buckets("outrider_overhead_seconds", requests.overhead, {}),
    outrider_queue_seconds: buckets("outrider_queue_seconds", requests.queue, {}),
    outrider_errors_total: byCode(requests, errorCodes),
    outrider_denials_total: byCode(requests, denialCodes),
    outrider_limit_hits_total: byCode(requests, limitCodes),
    outrider_collapsed_requests_total: [
      { labels: { reason: "max_models" }, value: requests.collapsed.max_models },
      { labels: { reason: "unknown_model" }, value: requests.collapsed.unknown_model },
      { labels: { reason: "max_statuses" }, value: requests.collapsedStatuses },
    ],
  }) satisfies Partial<Families>;

function scalingFamilies({ requests, clock }: ExpositionSources) {
  const recent = requests.recent(clock.wallMs());
  return {
    outrider_requests_per_second: one(recent.requestsPerSecond),
    outrider_latency_p50_seconds: one(recent.p50Seconds),
    outrider_latency_p95_seconds: one(recent.p95Seconds),
    outrider_latency_p99_seconds: one(recent.p99Seconds),
  } satisfies Partial<Families>;
}

const relayFamilies = ({ relay }: ExpositionSources) =>
  ({
    outrider_requests_in_flight: one(relay.inFlight),
    outrider_requests_queued: one(relay.queued),
    outrider_request_body_bytes_total: one(relay.requestBodyBytesTotal),
    outrider_response_body_bytes_total: one(relay.responseBodyBytesTotal),
    outrider_retries_total: one(relay.retriesTotal),
    outrider_connections_open: one(relay.connectionsOpen),
    outrider_connections_total: one(relay.connectionsTotal),
    outrider_connections_refused_total: one(relay.connectionsRefusedTotal),
    outrider_tunnels_open: one(relay.tunnelsOpen),
    outrider_upstream_connections_open: one(relay.upstreamConnectionsOpen),
    outrider_upstream_connections_idle: one(relay.upstreamConnectionsIdle),
    outrider_upstream_connects_total: one(relay.upstreamConnectsTotal),
    outrider_upstream_connect_failures_total: one(relay.upstreamConnectFailuresTotal),
    outrider_upstream_reuses_total: one(relay.upstreamReusesTotal),
    outrider_responses_broken_total: one(relay.responsesBrokenTotal),
    outrider_tap_held_bytes: one(relay.tapBytesHeld),
    outrider_tap_dropped_total: one(relay.tapDroppedTotal),
    outrider_observer_failures_total: one(relay.observerFailuresTotal),
  }) satisfies Partial<Families>;

function stateFamilies(sources: ExpositionSources) {
  const { isUp, isReady } = sources.upstream();
  const reloads = sources.configReloads();
  const { name: model, version, digest } = sources.model;
  return {
    outrider_upstream_up: one(Number(isUp)),
    outrider_upstream_ready: one(Number(isReady)),
    outrider_log_dropped_total: one(sources.logLinesDropped()),
    outrider_config_reloads_total: [
      { labels: { result: "success" }, value: reloads.succeeded },
      { labels: { result: "failure" }, value: reloads.failed },
    ],
    outrider_config_last_reload_success: one(Number(reloads.isLastGood)),
    outrider_config_last_reload_timestamp_seconds: one(reloads.loadedAtMs / 1000),
    outrider_build_info: [{ labels: { ...sources.build, node: process.versions.node }, value: 1 }],
    outrider_model_info: [{ labels: { model, version, digest }, value: 1 }],
  } satisfies Partial<Families>;
}

const one = (value: number): readonly Sample[] => [{ value }];

const byCode = (requests: RequestMetrics, codes: readonly WireErrorCode[]): readonly Sample[] =>
  codes.map((code) => ({ labels: { code }, value: requests.errorCount(code) }));

const labelsOf = ({ model, version, variant }: LabelSet): LabelValues => ({ model, version, variant });

function* requestCounts(requests: RequestMetrics): Generator<Sample> {
  for (const set of requests.labelSets) {
    const sharedLabels = labelsOf(set);
    for (const { outcome, status, count } of set.requests.read(set === requests.configured)) {
      yield { sharedLabels, labels: { outcome, status }, value: count };
    }
  }
}

function* byModel(
  requests: RequestMetrics,
  name: AlwaysPresentMetric,
  histogramOf: (set: LabelSet) => DurationHistogram | undefined,
): Generator<Sample> {
  for (const set of requests.labelSets) {
    const histogram = histogramOf(set);
    if (histogram !== undefined) yield* buckets(name, histogram, labelsOf(set));
  }
}

/** Read at one moment: the slices of a long family are rendered in several turns, in which requests are counted. */
function buckets(name: AlwaysPresentMetric, histogram: DurationHistogram, labels: LabelValues): Iterable<Sample> {
  const { edges, sumUs } = histogram;
  return histogramSamples(name, { edges: edges.seconds, counts: histogram.cumulative(), sum: sumUs / 1e6 }, labels);
}
