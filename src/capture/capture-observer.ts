/** Puts the captured bodies of finished exchanges into the queue. Runs on the request path: one copy, bounded, no parsing. */
import type { Exchange, ExchangeObserver } from "../exchange.ts";
import type { CaptureCounters } from "../metrics/predictions/capture-counters.ts";
import type { ExchangeLog } from "../prediction-log/exchange-log.ts";
import type { RecordDraft } from "../prediction-log/record-draft.ts";
import { capturedBytes, type CaptureQueue, type CapturePlan } from "./capture-queue.ts";
import type { CaptureSampler } from "./capture-sampler.ts";

/** Parts of a {@link CaptureObserver}. */
export interface CaptureObserverParts {
  readonly queue: CaptureQueue;
  readonly sampler: CaptureSampler;
  readonly counters: CaptureCounters;
  /** True when a consumer uses request ids: making one costs a string. */
  readonly wantsRequestId: boolean;
  /** Selects the exchanges to be logged, independent of the sample. */
  readonly log: ExchangeLog | undefined;
  /** False while bodies cannot be parsed: then exchanges pass without being counted. */
  isRunning(this: void): boolean;
  /** Called after an exchange was queued. */
  onQueued(this: void): void;
  /** Called instead for an exchange whose bodies are empty or truncated: it is not queued. */
  onEmpty(this: void, exchange: Exchange): void;
}

/** The observer. About 0.1 µs for an exchange that is queued, 10 ns for one that is not. */
export class CaptureObserver implements ExchangeObserver {
  readonly wantsBodies = true;
  readonly #parts: CaptureObserverParts;

  constructor(parts: CaptureObserverParts) {
    this.#parts = parts;
  }

  observe(exchange: Exchange): void {
    const { counters, sampler, isRunning, log } = this.#parts;
    const draft = log?.draft(exchange);
    if (draft !== undefined) this.#queueLogged(exchange, draft);
    else if (isPrediction(exchange) && isRunning()) {
      counters.offeredTotal++;
      if (sampler.sampleNext()) this.#queue(exchange);
      else counters.dropped.not_sampled++;
    }
  }

  #queueLogged(exchange: Exchange, draft: RecordDraft): void {
    const { counters, sampler, isRunning, queue, log, onQueued } = this.#parts;
    const isAnswered = isPrediction(exchange);
    const hasBodies = exchange.requestBody !== undefined || exchange.responseBody !== undefined;
    const isCounted = isAnswered && hasBodies && sampler.sampleNext();
    counters.offeredTotal++;
    if (!isRunning()) counters.dropped.stopped++;
    else if (queue.add(exchange, { isCounted, isAnswered, requestId: draft.requestId, draft })) return onQueued();
    else counters.dropped.queue_full++;
    log?.finish(draft, undefined);
  }

  #queue(exchange: Exchange): void {
    const { counters, queue, onQueued, onEmpty } = this.#parts;
    const { requestBody, responseBody } = exchange;
    if (requestBody === undefined && responseBody === undefined) counters.dropped.not_captured++;
    else if (capturedBytes(requestBody) + capturedBytes(responseBody) === 0) onEmpty(exchange);
    else if (queue.add(exchange, this.#samplePlan(exchange))) onQueued();
    else counters.dropped.queue_full++;
  }

  #samplePlan(exchange: Exchange): CapturePlan {
    const requestId = this.#parts.wantsRequestId ? exchange.requestId : "";
    return { isCounted: true, isAnswered: true, requestId, draft: undefined };
  }
}

/** True for successful responses to inference requests. Streams are left out: no reader parses their events. */
const isPrediction = ({ route, outcome, isStreaming }: Exchange): boolean =>
  outcome === "ok" && !isStreaming && (route.kind === "inference" || route.kind === "other");
