/** Takes the captured bodies of finished exchanges into the queue, on the request's way: quick, bounded, and no more. */
import type { Exchange, ExchangeObserver } from "../exchange.ts";
import type { ReadingCounters } from "../metrics/reading-counters.ts";
import { keptBytes, type ReadingQueue } from "./reading-queue.ts";
import type { Sampling } from "./sampling.ts";

/** What a {@link ReadingObserver} works with. */
export interface ReadingObserverParts {
  readonly queue: ReadingQueue;
  readonly sampling: Sampling;
  readonly counters: ReadingCounters;
  /** True when somebody needs request identities. */
  readonly wantsRequestId: boolean;
  /** False while bodies cannot be read: then exchanges pass without being counted. */
  isReading(this: void): boolean;
  /** Called after an exchange has come into the queue. */
  onAdded(this: void): void;
  /** Called for an exchange whose bodies hold nothing to read, instead of putting it into the queue. */
  onNothingKept(this: void, exchange: Exchange): void;
}

/** The observer. About 0.1 µs for an exchange that is read, 10 ns for one that is not. */
export class ReadingObserver implements ExchangeObserver {
  readonly wantsBodies = true;
  readonly #parts: ReadingObserverParts;

  constructor(parts: ReadingObserverParts) {
    this.#parts = parts;
  }

  observe(exchange: Exchange): void {
    const { counters, sampling, isReading } = this.#parts;
    if (!isPrediction(exchange) || !isReading()) return;
    counters.offeredTotal++;
    if (sampling.takesNext()) this.#take(exchange);
    else counters.dropped.not_sampled++;
  }

  #take(exchange: Exchange): void {
    const { counters, queue, wantsRequestId, onAdded, onNothingKept } = this.#parts;
    const { requestBody, responseBody } = exchange;
    if (requestBody === undefined && responseBody === undefined) counters.dropped.not_captured++;
    else if (keptBytes(requestBody) + keptBytes(responseBody) === 0) onNothingKept(exchange);
    else if (queue.add(exchange, wantsRequestId ? exchange.requestId : "")) onAdded();
    else counters.dropped.queue_full++;
  }
}

/** True for answers to requests for predictions that went well. What a stream says comes in pieces that no reader knows. */
const isPrediction = ({ route, outcome, isStreaming }: Exchange): boolean =>
  outcome === "ok" && !isStreaming && (route.kind === "inference" || route.kind === "other");
