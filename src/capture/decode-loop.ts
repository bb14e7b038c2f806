/**
 * Works off the queue between requests, in slices so short that no request waits long for one. Bodies that take long to
 * decode are decoded on other threads, a few at a time; nothing that a body holds stops the loop.
 */
import type { Clock } from "../clock.ts";
import type { ReadingCounters } from "../metrics/predictions/reading-counters.ts";
import type { ExchangeLog } from "../prediction-log/exchange-log.ts";
import { decodeHere, decodeOnThread, type Decoded, type DecodedSoon } from "./content-decoding.ts";
import type { DecodedBodies, ExchangeReader } from "./capture-processor.ts";
import type { ReadingQueue, WaitingBody, WaitingExchange } from "./capture-queue.ts";
import type { Sampling } from "./capture-sampler.ts";

/** What a {@link ReadingLoop} works with. */
export interface ReadingLoopParts {
  readonly queue: ReadingQueue;
  readonly sampling: Sampling;
  readonly counters: ReadingCounters;
  readonly log: ExchangeLog | undefined;
  readonly clock: Clock;
  /** Longest body without its coding. */
  readonly decodedBytes: number;
  /** A slice ends with the first exchange that passes this; milliseconds. */
  readonly sliceMs: number;
  /** Runs a slice once the event loop has had its turn; gives what takes that back. */
  schedule(this: void, slice: () => void): () => void;
}

/** Exchanges decoded on other threads at once: each may hold two captured and two decoded bodies. */
const maxConcurrentDecodes = 2;

/** The loop. Costs nothing while nothing waits; one slice serves all that came in a turn of the event loop. */
export class ReadingLoop {
  readonly #parts: ReadingLoopParts;
  #reader: ExchangeReader | undefined;
  /** Decoded on other threads, not yet read. */
  readonly #ready: { readonly waiting: WaitingExchange; readonly bodies: DecodedBodies }[] = [];
  /** On their way through other threads. */
  readonly #decoding: WaitingExchange[] = [];
  /** The first of the queue, when it has to wait until another is decoded. */
  #blocked: WaitingExchange | undefined;
  #unschedule: (() => void) | undefined;
  #isStopped = false;

  constructor(parts: ReadingLoopParts) {
    this.#parts = parts;
  }

  /** False until there is a reader, and after the stop. */
  get isReading(): boolean {
    return this.#reader !== undefined && !this.#isStopped;
  }

  /** Reads with this from now on, also what waits already. */
  serve(reader: ExchangeReader): void {
    this.#reader = reader;
  }

  /** Sees to it that a slice comes. A few nanoseconds when one is on its way. */
  wake(): void {
    if (this.#unschedule === undefined && this.isReading && this.#hasWork()) {
      this.#unschedule = this.#parts.schedule(this.#slice);
    }
  }

  /** Drops what waits, and what other threads have not decoded yet; what is to be logged is logged. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#unschedule?.();
    this.#unschedule = undefined;
    for (const { waiting, bodies } of this.#ready.splice(0)) this.#leave(waiting, bodies);
    for (const waiting of this.#decoding.splice(0)) this.#leave(waiting, undefined);
    for (let first = this.#parts.queue.first; first !== undefined; first = this.#parts.queue.first) {
      const request = first.plan.draft === undefined ? skipped : this.#decodeHere(first.request);
      const response = first.plan.draft === undefined ? skipped : this.#decodeHere(first.response);
      const isDecoded = request.kind !== "later" && response.kind !== "later";
      this.#leave(first, isDecoded ? { request, response } : undefined);
      this.#parts.queue.removeFirst();
    }
    this.#parts.counters.decodingExchanges = 0;
  }

  /** The last that is done with an exchange when reading stops: only what is logged is still read. */
  #leave(waiting: WaitingExchange, bodies: DecodedBodies | undefined): void {
    const { draft } = waiting.plan;
    if (draft !== undefined && bodies !== undefined && this.#reader !== undefined) {
      this.#reader.read(waiting, bodies);
    } else {
      this.#parts.counters.dropped.stopped++;
      if (draft !== undefined) this.#parts.log?.finish(draft, undefined);
    }
  }

  readonly #slice = (): void => {
    const { clock, sliceMs } = this.#parts;
    this.#unschedule = undefined;
    const beganMs = clock.monotonicMs();
    let nowMs = beganMs;
    while (nowMs - beganMs < sliceMs && this.#hasWork()) {
      this.#step();
      nowMs = clock.monotonicMs();
    }
    this.#spend(nowMs - beganMs, nowMs);
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
      this.#reader?.read(ready.waiting, ready.bodies);
    } else if (queue.first !== undefined) {
      this.#takeFirst(queue.first);
    }
  }

  #takeFirst(waiting: WaitingExchange): void {
    const { queue, counters } = this.#parts;
    const request = this.#decodeHere(waiting.request);
    const response = this.#decodeHere(waiting.response);
    if (request.kind !== "later" && response.kind !== "later") {
      this.#reader?.read(waiting, { request, response });
      queue.removeFirst();
    } else if (counters.decodingExchanges < maxConcurrentDecodes) {
      void this.#decodeElsewhere(waiting);
      queue.removeFirst();
    } else {
      this.#blocked = waiting;
    }
  }

  #decodeHere(body: WaitingBody): DecodedSoon {
    const { queue, decodedBytes } = this.#parts;
    return unreadable(body) ?? decodeHere(queue.bytesOf(body), body.contentEncoding, decodedBytes);
  }

  /** The bytes are copied before this returns for the first time, so that the queue may use theirs again. */
  async #decodeElsewhere(waiting: WaitingExchange): Promise<void> {
    const { clock, counters } = this.#parts;
    const beganMs = clock.monotonicMs();
    counters.decodingExchanges++;
    this.#decoding.push(waiting);
    const [request, response] = await Promise.all([
      this.#decodeOnThread(waiting.request),
      this.#decodeOnThread(waiting.response),
    ]);
    if (this.#isStopped) return;
    this.#decoding.splice(this.#decoding.indexOf(waiting), 1);
    const nowMs = clock.monotonicMs();
    this.#spend(nowMs - beganMs, nowMs);
    this.#ready.push({ waiting, bodies: { request, response } });
    this.wake();
  }

  async #decodeOnThread(body: WaitingBody): Promise<Decoded> {
    const { queue, decodedBytes } = this.#parts;
    return unreadable(body) ?? decodeOnThread(Uint8Array.from(queue.bytesOf(body)), body.contentEncoding, decodedBytes);
  }

  #spend(busyMs: number, nowMs: number): void {
    const { counters, sampling } = this.#parts;
    counters.busyMsTotal += busyMs;
    sampling.spend(busyMs, nowMs);
    counters.sampleRatio = sampling.ratio;
  }
}

const skipped: Decoded = { kind: "unread", reason: "empty" };

/** Why a body without bytes is not read. */
function unreadable({ isComplete, start, end }: WaitingBody): Decoded | undefined {
  if (end > start) return undefined;
  return { kind: "unread", reason: isComplete ? "empty" : "truncated" };
}
