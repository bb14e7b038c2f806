/**
 * Counts finished exchanges. On the request's way there are only array increments and the recording of HDR cells:
 * no string is built and nothing is allocated once a model has been seen; what a scrape needs is read from here.
 */
import type { WireErrorCode } from "../../errors/wire-errors.ts";
import type { Exchange, ExchangeObserver, Route } from "../../exchange.ts";
import { outcomes, type Outcome } from "../../outcome.ts";
import { errorCodes, latencyEdgesSeconds, overheadEdgesSeconds } from "../catalogue/catalogue.ts";
import { bucketEdges, DurationHistogram } from "./duration-histogram.ts";
import { collectedNames } from "../model-labels.ts";
import { LabelSets, type LabelSet } from "./label-sets.ts";
import { wholeMicroseconds } from "./latency-hdr.ts";
import { RecentWindow, type RecentRates } from "./recent-window.ts";
import { StatusTable } from "./status-counts.ts";

/** Options of {@link RequestMetrics}. */
export interface RequestMetricsOptions {
  /** Model and version from the configuration, empty when it names none; their series exist at 0 from the start. */
  readonly model: string;
  readonly version: string;
  /** The variant whose series exist from the start. */
  readonly variant: string;
  /** Maximum number of pairs of model and version with series of their own; each takes about 60 KB. */
  readonly maxModels: number;
}

const overheadEdges = bucketEdges(overheadEdgesSeconds);
const queueEdges = bucketEdges(latencyEdgesSeconds);

/** Route kinds that are counted apart from requests for predictions. */
export const auxiliaryKinds = ["health", "metadata"] as const;

/** See {@link auxiliaryKinds}. */
export type AuxiliaryKind = (typeof auxiliaryKinds)[number];

/**
 * The request metrics of one relay. `observe` costs about 100 ns.
 *
 * A model gets its own series once the model server has answered for it with anything but a client error: names that
 * clients make up are counted as `__other__` and cannot use up the cap.
 */
export class RequestMetrics implements ExchangeObserver {
  readonly overhead: DurationHistogram = new DurationHistogram(overheadEdges, false);
  readonly queue: DurationHistogram = new DurationHistogram(queueEdges, false);
  /** The set whose series exist from the start. */
  readonly configured: LabelSet;
  /** Requests counted under `__other__`, by the values of the label `reason`. */
  readonly collapsed = { max_models: 0, unknown_model: 0 };
  readonly #statuses = new StatusTable();
  readonly #sets: LabelSets;
  readonly #unmatched: LabelSet;
  readonly #errors = new Float64Array(errorCodes.length);
  readonly #auxiliary = new Float64Array(auxiliaryKinds.length * outcomes.length);
  readonly #window = new RecentWindow();
  #lastRoute: Route | undefined;
  #lastModel = "";
  #lastVariant = "";
  #lastSet: LabelSet;

  constructor(options: RequestMetricsOptions) {
    const { other, unmatched, unnamed } = collectedNames;
    const { version, variant } = options;
    this.#sets = new LabelSets(this.#statuses, options.maxModels);
    this.configured = this.#sets.add({ model: options.model || unnamed, version, variant }, false);
    this.configured.createAll();
    this.#sets.add({ model: other, version: "", variant: "" }, false);
    this.#unmatched = this.#sets.add({ model: unmatched, version: "", variant: "" }, false);
    this.#lastSet = this.configured;
  }

  /**
   * Counts an arrival for {@link recent}, unless it is a health or metadata request. The relay calls it for requests
   * that the route table let through: denied and malformed ones do not count as demand, shed and timed-out ones do.
   */
  begin(route: Route, startedAtMs: number): void {
    if (!isAuxiliary(route)) this.#window.arrive(startedAtMs);
  }

  observe(exchange: Exchange): void {
    const { outcome, errorCode, route } = exchange;
    if (errorCode !== "") this.#countError(errorCode);
    if (isUnmatched(outcome, errorCode)) {
      this.#unmatched.requests.count(outcome, exchange.status);
    } else if (isAuxiliary(route)) {
      const place = auxiliaryPlace(route.kind as AuxiliaryKind, outcome);
      this.#auxiliary[place]! += 1;
    } else {
      this.#observePrediction(exchange);
    }
  }

  #observePrediction(exchange: Exchange): void {
    const endedAtMs = exchange.startedAtMs + exchange.durationMs;
    const set = this.#setOf(exchange);
    set.requests.count(exchange.outcome, exchange.status);
    const wasAsked = exchange.upstreamMs > 0;
    if (wasAsked || exchange.queueMs > 0) this.queue.observe(wholeMicroseconds(exchange.queueMs));
    if (exchange.isStreaming || exchange.route.kind === "stream") {
      if (wasAsked) observeStream(set, exchange);
    } else if (isAboutLatency(exchange)) {
      this.#observeLatency(set, exchange, endedAtMs);
    }
  }

  #observeLatency(set: LabelSet, exchange: Exchange, endedAtMs: number): void {
    const { durationMs, upstreamMs } = exchange;
    const us = wholeMicroseconds(durationMs);
    set.observeDuration(us);
    this.#window.record(us, endedAtMs);
    if (exchange.firstByteMs > 0) set.observeFirstByte(wholeMicroseconds(exchange.firstByteMs));
    if (upstreamMs > 0) {
      set.observeUpstream(wholeMicroseconds(upstreamMs));
      this.overhead.observe(wholeMicroseconds(durationMs - upstreamMs - exchange.queueMs));
    }
  }

  #setOf(exchange: Exchange): LabelSet {
    const { route, model, variant } = exchange;
    if (route === this.#lastRoute && variant === this.#lastVariant && model === this.#lastModel) return this.#lastSet;
    const set = this.#resolve(model === "" ? collectedNames.unnamed : model, exchange);
    if (set === undefined) return this.#sets.add({ model: collectedNames.other, version: "", variant }, false);
    this.#lastRoute = route;
    this.#lastModel = model;
    this.#lastVariant = variant;
    this.#lastSet = set;
    return set;
  }

  #resolve(model: string, exchange: Exchange): LabelSet | undefined {
    const { version } = exchange.route;
    const { variant } = exchange;
    const found = this.#sets.find(model, version, variant);
    if (found !== undefined) return found;
    const isGiven = model === collectedNames.unnamed && version === "";
    if (isGiven || this.#sets.isKnown(model, version)) return this.#sets.add({ model, version, variant }, false);
    if (!provesModel(exchange)) {
      this.collapsed.unknown_model++;
      return undefined;
    }
    if (!this.#sets.hasRoomFor(model, version)) {
      this.collapsed.max_models++;
      return undefined;
    }
    return this.#sets.add({ model, version, variant });
  }

  #countError(code: WireErrorCode): void {
    const place = errorPlaces.get(code);
    if (place !== undefined) this.#errors[place]! += 1;
  }

  /** All label sets in order of creation. */
  get labelSets(): readonly LabelSet[] {
    return this.#sets.all;
  }

  /** Requests whose status was counted as `__other__`. */
  get collapsedStatuses(): number {
    return this.#statuses.collapsed;
  }

  /** Exchanges that ended with this error. */
  errorCount(code: WireErrorCode): number {
    return this.#errors[errorPlaces.get(code) ?? -1] ?? 0;
  }

  /** Health or metadata exchanges with this outcome. */
  auxiliaryCount(kind: AuxiliaryKind, outcome: Outcome): number {
    return this.#auxiliary[auxiliaryPlace(kind, outcome)]!;
  }

  /** Rates and quantiles of the five seconds before `nowMs` (wall time). */
  recent(nowMs: number): RecentRates {
    return this.#window.read(nowMs);
  }
}

const errorPlaces: ReadonlyMap<string, number> = new Map(errorCodes.map((code, place) => [code, place]));

const isAuxiliary = (route: Route): boolean => route.kind === "health" || route.kind === "metadata";

const auxiliaryPlace = (kind: AuxiliaryKind, outcome: Outcome): number =>
  auxiliaryKinds.indexOf(kind) * outcomes.length + outcomes.indexOf(outcome);

/** True for exchanges that never reached a route; they are not counted for any model. */
const isUnmatched = (outcome: Outcome, errorCode: string): boolean =>
  outcome === "denied" ||
  outcome === "bad_request" ||
  errorCode === "header_timeout" ||
  errorCode === "connections_exceeded";

/**
 * True when the duration measures the model server. A client that gave up counts with the time it waited: left out,
 * a server slower than its clients' patience would show no latency at all. Local replies without waiting (shed,
 * denied, malformed, connection refused) would flatter it, and 408 is the client's slowness.
 */
function isAboutLatency({ outcome, status, upstreamMs }: Exchange): boolean {
  if (outcome === "timeout") return status !== 408;
  if (outcome === "client_abort") return upstreamMs > 0;
  return outcome === "ok" || outcome === "client_error" || outcome === "upstream_error";
}

/** True when the model server accepted the model's name; only then may it have series. */
const provesModel = ({ outcome, status }: Exchange): boolean =>
  outcome === "ok" || outcome === "upstream_error" || (outcome === "timeout" && status !== 408);

function observeStream(set: LabelSet, exchange: Exchange): void {
  set.observeStream(wholeMicroseconds(exchange.durationMs));
  if (exchange.firstByteMs > 0) set.observeFirstByte(wholeMicroseconds(exchange.firstByteMs));
}
