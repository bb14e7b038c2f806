/**
 * Capture of bodies, put together: the observer puts finished exchanges into the bounded queue, the loop decodes them
 * between requests, the processor parses them and hands each to every consumer.
 */
import type { Clock } from "../clock.ts";
import type { Exchange, ExchangeObserver } from "../exchange.ts";
import { bodySides, type ContentConsumer } from "../payload/exchange-content.ts";
import type { ModelSource } from "../protocols/protocol.ts";
import type { BodyReader } from "../payload/body-content.ts";
import { CaptureCounters } from "../metrics/predictions/capture-counters.ts";
import type { ExchangeLog } from "../prediction-log/exchange-log.ts";
import { CaptureProcessor } from "./capture-processor.ts";
import { DecodeLoop } from "./decode-loop.ts";
import { CaptureObserver } from "./capture-observer.ts";
import { CaptureQueue } from "./capture-queue.ts";
import { CaptureSampler } from "./capture-sampler.ts";

/** Options of {@link createCapture}. */
export interface CaptureOptions {
  /** Maximum part of the exchanges that the consumers see, 0 to 1. */
  readonly sampleRatio: number;
  /** Part of one processor core that decoding and parsing may take; above it a smaller part is sampled. */
  readonly cpuRatio: number;
  /** Maximum size of the queue. */
  readonly queueBytes: number;
  /** Maximum size of a body once it is decompressed. */
  readonly decodedBytes: number;
  /** Time that the loop may keep the event loop busy; it may exceed it by one exchange. Milliseconds, default 0.5. */
  readonly sliceMs?: number;
  /** Called in this order for every exchange with at least one body that could be parsed. */
  readonly consumers: readonly ContentConsumer[];
  /** Exchanges that it selects are captured for it, whatever the sample and whatever their outcome. */
  readonly log?: ExchangeLog;
  readonly clock: Clock;
  /** See `DecodeLoopParts.schedule`. Default: `setImmediate`. */
  schedule?(this: void, slice: () => void): () => void;
}

/** A running capture. It holds no timer and no socket: {@link Capture.stop} is synchronous. */
export interface Capture {
  /** For the relay's list of observers. */
  readonly observer: ExchangeObserver;
  readonly counters: Readonly<CaptureCounters>;
  /** Parses bodies with this reader from now on. Before the first call, exchanges are not captured. */
  serve(reader: BodyReader, modelIn: ModelSource): void;
  /** Drops the queue, except exchanges for the log: they are parsed now, or logged without bodies. Captures nothing more. */
  stop(): void;
}

const defaultSliceMs = 0.5;

/** Creates a capture. It starts no timer and works when exchanges arrive; the first one reserves `queueBytes` of address space. */
export function createCapture(options: CaptureOptions): Capture {
  const { clock, consumers, log, sliceMs = defaultSliceMs, schedule = afterThisTurn, decodedBytes } = options;
  const counters = new CaptureCounters();
  const plan = { ratio: options.sampleRatio, cpuRatio: options.cpuRatio };
  const sampler = new CaptureSampler(plan, clock.monotonicMs());
  const queue = new CaptureQueue(options.queueBytes, counters);
  const loop = new DecodeLoop({ queue, sampler, counters, log, clock, decodedBytes, sliceMs, schedule });
  const observer = new CaptureObserver({
    queue,
    sampler,
    counters,
    wantsRequestId: consumers.some((sink) => sink.wantsRequestId === true),
    log,
    isRunning: () => loop.isRunning,
    onQueued: () => loop.wake(),
    onEmpty: (exchange) => countEmpty(counters, exchange),
  });
  counters.sampleRatio = sampler.ratio;
  return {
    observer,
    counters,
    serve: (reader, modelIn) =>
      loop.serve(new CaptureProcessor({ reader, prefersBodyModel: modelIn === "body" }, { consumers, log, counters })),
    stop: () => loop.stop(),
  };
}

/** Runs a slice after the sockets have been served, and before the event loop waits again. */
function afterThisTurn(slice: () => void): () => void {
  const immediate = setImmediate(slice);
  return () => clearImmediate(immediate);
}

/** Both bodies are empty or truncated: there is nothing to queue. */
function countEmpty(counters: CaptureCounters, exchange: Exchange): void {
  const bodies = { request: exchange.requestBody, response: exchange.responseBody };
  for (const side of bodySides) counters.unread[side][(bodies[side]?.complete ?? true) ? "empty" : "truncated"]++;
  counters.doneTotal++;
}
