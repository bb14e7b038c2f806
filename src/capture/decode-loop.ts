/**
 * Drains the queue between requests, in slices so short that no request waits long for one. Large bodies are
 * decompressed in the thread pool, a few at a time. No body can stop the loop: every error is caught and counted.
 */
import type { Clock } from "../clock.ts";
import type { CaptureCounters } from "../metrics/predictions/capture-counters.ts";
import type { ExchangeLog } from "../prediction-log/exchange-log.ts";
import { decodeInline, decodeInPool, type Decoded, type InlineResult } from "./content-decoding.ts";
import type { DecodedBodies, CaptureProcessor } from "./capture-processor.ts";
import type { CaptureQueue, QueuedBody, QueuedExchange } from "./capture-queue.ts";
import type { CaptureSampler } from "./capture-sampler.ts";

/** Parts of a {@link DecodeLoop}. */
export interface DecodeLoopParts {
  readonly queue: CaptureQueue;
  readonly sampler: CaptureSampler;
  readonly counters: CaptureCounters;
  readonly log: ExchangeLog | undefined;
  readonly clock: Clock;
  /** Maximum size of a body once it is decompressed. */
  readonly decodedBytes: number;
  /** A slice ends after the first exchange that exceeds this; milliseconds. */
  readonly sliceMs: number;
  /** Schedules a slice for after the pending I/O; returns a function that cancels it. */
  schedule(this: void, slice: () => void): () => void;
}

/** Exchanges decoded in the thread pool at once: each may hold two captured and two decoded bodies. */
const maxConcurrentDecodes = 2;

/** The loop. Costs nothing while the queue is empty; one slice serves all exchanges of one event-loop iteration. */
export class DecodeLoop {
  readonly #parts: DecodeLoopParts;
  #processor: CaptureProcessor | undefined;
  /** Decoded in the thread pool, not yet processed. */
  readonly #ready: { readonly queued: QueuedExchange; readonly bodies: DecodedBodies }[] = [];
  /** In the thread pool. */
  readonly #decoding: QueuedExchange[] = [];
  /** The head of the queue while it waits for a slot in the thread pool. */
  #blocked: QueuedExchange | undefined;
  #cancelSlice: (() => void) | undefined;
  #isStopped = false;

  constructor(parts: DecodeLoopParts) {
    this.#parts = parts;
  }

  /** False until {@link serve} was called, and after {@link stop}. */
  get isRunning(): boolean {
    return this.#processor !== undefined && !this.#isStopped;
  }

  /** Uses this processor from now on, also for exchanges that are queued already. */
  serve(processor: CaptureProcessor): void {
    this.#processor = processor;
  }

  /** Schedules a slice unless one is scheduled. A few nanoseconds in that case. */
  wake(): void {
    if (this.#cancelSlice === undefined && this.isRunning && this.#hasWork()) {
      this.#cancelSlice = this.#parts.schedule(this.#slice);
    }
  }

  /** Drops the queue and what the thread pool has not decoded yet. Exchanges for the log are still logged. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#cancelSlice?.();
    this.#cancelSlice = undefined;
    for (const { queued, bodies } of this.#ready.splice(0)) this.#dropOrLog(queued, bodies);
    for (const queued of this.#decoding.splice(0)) this.#dropOrLog(queued, undefined);
    for (let first = this.#parts.queue.first; first !== undefined; first = this.#parts.queue.first) {
      const request = first.plan.draft === undefined ? skipped : this.#decodeInline(first.request);
      const response = first.plan.draft === undefined ? skipped : this.#decodeInline(first.response);
      const isDecoded = request.kind !== "later" && response.kind !== "later";
      this.#dropOrLog(first, isDecoded ? { request, response } : undefined);
      this.#parts.queue.removeFirst();
    }
    this.#parts.counters.decodingExchanges = 0;
  }

  /** For an exchange that is left at the stop: only one for the log is still processed. */
  #dropOrLog(queued: QueuedExchange, bodies: DecodedBodies | undefined): void {
    const { draft } = queued.plan;
    if (draft !== undefined && bodies !== undefined && this.#processor !== undefined) {
      this.#processor.process(queued, bodies);
    } else {
      this.#parts.counters.dropped.stopped++;
      if (draft !== undefined) this.#parts.log?.finish(draft, undefined);
    }
  }

  readonly #slice = (): void => {
    const { clock, sliceMs } = this.#parts;
    this.#cancelSlice = undefined;
    const beganMs = clock.monotonicMs();
    let nowMs = beganMs;
    while (nowMs - beganMs < sliceMs && this.#hasWork()) {
      this.#step();
      nowMs = clock.monotonicMs();
    }
    this.#recordBusy(nowMs - beganMs, nowMs);
    this.wake();
  };

  #hasWork(): boolean {
    const { queue } = this.#parts;
    return this.#ready.length > 0 || (queue.first !== undefined && queue.first !== this.#blocked);
  }

  #step(): void {
    const { counters, queue } = this.#parts;
    const ready = this.#ready.shift();
    if (ready !== undefined) {
      counters.decodingExchanges--;
      this.#blocked = undefined;
      this.#processor?.process(ready.queued, ready.bodies);
    } else if (queue.first !== undefined) {
      this.#decodeFirst(queue.first);
    }
  }

  #decodeFirst(queued: QueuedExchange): void {
    const { queue, counters } = this.#parts;
    const request = this.#decodeInline(queued.request);
    const response = this.#decodeInline(queued.response);
    if (request.kind !== "later" && response.kind !== "later") {
      this.#processor?.process(queued, { request, response });
      queue.removeFirst();
    } else if (counters.decodingExchanges < maxConcurrentDecodes) {
      void this.#decodeInPool(queued);
      queue.removeFirst();
    } else {
      this.#blocked = queued;
    }
  }

  #decodeInline(body: QueuedBody): InlineResult {
    const { queue, decodedBytes } = this.#parts;
    return withoutBytes(body) ?? decodeInline(queue.bytesOf(body), body.contentEncoding, decodedBytes);
  }

  /** Copies the bytes before its first `await`, so that the queue may reuse its own. */
  async #decodeInPool(queued: QueuedExchange): Promise<void> {
    const { clock, counters } = this.#parts;
    const beganMs = clock.monotonicMs();
    counters.decodingExchanges++;
    this.#decoding.push(queued);
    const [request, response] = await Promise.all([
      this.#decodeBodyInPool(queued.request),
      this.#decodeBodyInPool(queued.response),
    ]);
    if (this.#isStopped) return;
    this.#decoding.splice(this.#decoding.indexOf(queued), 1);
    const nowMs = clock.monotonicMs();
    this.#recordBusy(nowMs - beganMs, nowMs);
    this.#ready.push({ queued, bodies: { request, response } });
    this.wake();
  }

  async #decodeBodyInPool(body: QueuedBody): Promise<Decoded> {
    const { queue, decodedBytes } = this.#parts;
    return withoutBytes(body) ?? decodeInPool(Uint8Array.from(queue.bytesOf(body)), body.contentEncoding, decodedBytes);
  }

  #recordBusy(busyMs: number, nowMs: number): void {
    const { counters, sampler } = this.#parts;
    counters.busyMsTotal += busyMs;
    sampler.recordBusy(busyMs, nowMs);
    counters.sampleRatio = sampler.ratio;
  }
}

const skipped: Decoded = { kind: "unread", reason: "empty" };

/** Why a body without bytes cannot be parsed; undefined for a body with bytes. */
function withoutBytes({ isComplete, start, end }: QueuedBody): Decoded | undefined {
  if (end > start) return undefined;
  return { kind: "unread", reason: isComplete ? "empty" : "truncated" };
}
