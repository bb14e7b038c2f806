/** Reading of bodies: the observer that takes them, the queue they wait in, and the loop that works it off. */
import type { Clock } from "../clock.ts";
import type { Exchange, ExchangeObserver } from "../exchange.ts";
import { bodySides, type ContentConsumer } from "../payload/exchange-content.ts";
import type { ModelSource } from "../protocols/protocol.ts";
import type { BodyReader } from "../payload/body-content.ts";
import { ReadingCounters } from "../metrics/predictions/reading-counters.ts";
import type { ExchangeLog } from "../prediction-log/exchange-log.ts";
import { ExchangeReader } from "./capture-processor.ts";
import { ReadingLoop } from "./decode-loop.ts";
import { ReadingObserver } from "./capture-observer.ts";
import { ReadingQueue } from "./capture-queue.ts";
import { Sampling } from "./capture-sampler.ts";

/** What reading is told at the start. */
export interface ReadingOptions {
  /** Largest part of the exchanges that the sinks see, 0 to 1. */
  readonly sampleRatio: number;
  /** Part of one processor core that reading may take before a smaller part is read. */
  readonly cpuRatio: number;
  /** What waits takes at most this. */
  readonly queueBytes: number;
  /** Longest body without its coding. */
  readonly decodedBytes: number;
  /** Longest time that reading keeps the event loop to itself, but for one exchange; milliseconds. Default 0.5. */
  readonly sliceMs?: number;
  /** Called in this order for every exchange of which a body was read. */
  readonly sinks: readonly ContentConsumer[];
  /** Exchanges that it chooses are read for it, whatever the sample says, and whatever their outcome is. */
  readonly log?: ExchangeLog;
  readonly clock: Clock;
  /** See `ReadingLoopParts.schedule`; left out, the event loop's own. */
  schedule?(this: void, slice: () => void): () => void;
}

/** Reading under way. */
export interface Reading {
  /** To be given to the relay. */
  readonly observer: ExchangeObserver;
  readonly counters: Readonly<ReadingCounters>;
  /** Reads bodies with this reader from now on; before the first call exchanges pass by. */
  serve(reader: BodyReader, modelIn: ModelSource): void;
  /** Drops what waits, but for what is to be logged, which is read or logged without its bodies; reads nothing more. */
  stop(): void;
}

const defaultSliceMs = 0.5;

/** Sets up reading. Starts no timer: it works when exchanges come. Takes `queueBytes` of address space at the first. */
export function createReading(options: ReadingOptions): Reading {
  const { clock, sinks, log, sliceMs = defaultSliceMs, schedule = afterThisTurn, decodedBytes } = options;
  const counters = new ReadingCounters();
  const plan = { ratio: options.sampleRatio, cpuRatio: options.cpuRatio };
  const sampling = new Sampling(plan, clock.monotonicMs());
  const queue = new ReadingQueue(options.queueBytes, counters);
  const loop = new ReadingLoop({ queue, sampling, counters, log, clock, decodedBytes, sliceMs, schedule });
  const observer = new ReadingObserver({
    queue,
    sampling,
    counters,
    wantsRequestId: sinks.some((sink) => sink.wantsRequestId === true),
    log,
    isReading: () => loop.isReading,
    onAdded: () => loop.wake(),
    onNothingKept: (exchange) => countNothingKept(counters, exchange),
  });
  counters.sampleRatio = sampling.ratio;
  return {
    observer,
    counters,
    serve: (reader, modelIn) =>
      loop.serve(new ExchangeReader({ reader, prefersBodyModel: modelIn === "body" }, { sinks, log, counters })),
    stop: () => loop.stop(),
  };
}

/** A slice after the sockets have been served, and before the event loop waits again. */
function afterThisTurn(slice: () => void): () => void {
  const immediate = setImmediate(slice);
  return () => clearImmediate(immediate);
}

/** Both bodies are empty or cut off: that is known at once. */
function countNothingKept(counters: ReadingCounters, exchange: Exchange): void {
  const bodies = { request: exchange.requestBody, response: exchange.responseBody };
  for (const side of bodySides) counters.unread[side][(bodies[side]?.complete ?? true) ? "empty" : "truncated"]++;
  counters.doneTotal++;
}
