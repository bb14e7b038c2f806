/** Pushes the entries of one stream in chunks until all are settled or an obstacle stops it. */
import { systemClock, type Clock } from "../../clock.ts";
import type { EntryDropReason, RetryReason } from "../../prediction-log/destination.ts";
import type { LogEntry } from "../../prediction-log/log-entry.ts";
import type { DeliveryAttempt } from "./delivery-attempt.ts";
import { lokiUrl, tenantHeaders, type LokiAddress, type LokiHttp } from "../loki-http.ts";
import { ChunkSize } from "./chunk-size.ts";
import { readPushAnswer, type PushOutcome } from "./push-answer.ts";
import { compressPush, pushText } from "./push-body.ts";
import { StreamProgress } from "./stream-progress.ts";

/** Options of {@link StreamPusher}. */
export interface StreamPusherOptions extends LokiAddress {
  readonly http: LokiHttp;
  /** For dates in `Retry-After`. Default: the system clock. */
  readonly clock?: Clock;
}

/** Pushes streams, and remembers what it learned about Loki's limits and about the streams of the current batch. */
export class StreamPusher {
  readonly #options: StreamPusherOptions;
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #size: ChunkSize = new ChunkSize();
  readonly #progress: Map<string, StreamProgress> = new Map();
  /** Streams that Loki refused to create in as many attempts as are made. */
  readonly #uncreatable: Set<string> = new Set();

  constructor(options: StreamPusherOptions) {
    this.#options = options;
    this.#url = lokiUrl(options, "/loki/api/v1/push");
    this.#headers = {
      "content-type": "application/json",
      "content-encoding": "gzip",
      ...tenantHeaders(options),
    };
  }

  /** Pushes the unsettled entries of `group`, the entries of `stream` in a batch. Never rejects: obstacles go to `attempt`. */
  async push(stream: string, group: readonly LogEntry[], attempt: DeliveryAttempt): Promise<StreamProgress> {
    const progress = this.#progress.get(stream) ?? new StreamProgress();
    this.#progress.set(stream, progress);
    progress.resume(group);
    while (progress.settled < group.length && !attempt.isOver) {
      const chunk = this.#size.chunkOf(group, progress.settled);
      const outcome = await this.#post(chunk, attempt.signal);
      if (!this.#settle({ stream, group, chunk, progress, attempt }, outcome)) break;
    }
    return progress;
  }

  /** Forgets the progress of all streams, once the batch is done. */
  batchDone(): void {
    this.#progress.clear();
    if (this.#uncreatable.size > maxUncreatable) this.#uncreatable.clear();
  }

  async #post(chunk: readonly LogEntry[], signal: AbortSignal): Promise<PushOutcome> {
    const { http, clock = systemClock } = this.#options;
    try {
      const body = await compressPush(pushText(chunk));
      const answer = await http.post(this.#url, { body, headers: this.#headers, signal }, maxAnswerBytes);
      return readPushAnswer(answer, { entries: chunk.length, nowMs: clock.wallMs() });
    } catch (error) {
      const { code = "", message } = error as { readonly code?: string; readonly message: string };
      return { kind: "later", reason: failureReasons[code] ?? "connection", detail: message.slice(0, 200) };
    }
  }

  /** Records the outcome of a chunk. False when the stream cannot continue in this attempt. */
  #settle(push: PushedChunk, outcome: PushOutcome): boolean {
    const { stream, group, chunk, progress, attempt } = push;
    switch (outcome.kind) {
      case "settled":
        this.#uncreatable.delete(stream);
        this.#size.accepted();
        if (outcome.refused.size > 0 && progress.detail === "") progress.detail = outcome.detail;
        progress.settle(group, chunk.length, outcome.refused);
        return true;
      case "too_large":
        if (chunk.length === 1) return refuse(push, "too_large", outcome.detail);
        this.#size.rejected(bytesOf(chunk));
        return true;
      case "stream_limit":
        if (++progress.limitTries >= maxLimitTries || this.#uncreatable.has(stream)) {
          this.#uncreatable.add(stream);
          return refuse({ ...push, chunk: group.slice(progress.settled) }, "too_many_streams", outcome.detail);
        }
        attempt.blockStream({ ...outcome, reason: "rate_limited" });
        return false;
      case "rate_limited":
        return this.#slowDown(push, outcome);
      default:
        attempt.end(outcome);
        return false;
    }
  }

  /**
   * Waits for a rate limit. Loki does not distinguish a chunk that is sent too soon from one that exceeds the burst size and can
   * never pass. A chunk rejected often, or rejected twice and larger than a second of the rate, counts as one that exceeds it and
   * is halved; a single entry of this kind is refused in the end.
   */
  #slowDown(push: PushedChunk, outcome: PushOutcome & { readonly kind: "rate_limited" }): boolean {
    const { chunk, progress, attempt } = push;
    const bytes = bytesOf(chunk);
    let seconds = outcome.bytesPerSecond > 0 ? bytes / outcome.bytesPerSecond : 0;
    progress.rateTries++;
    if (chunk.length === 1) {
      if (seconds > 1 && progress.rateTries >= maxSingleEntryTries) return refuse(push, "too_large", outcome.detail);
    } else if (progress.rateTries >= (seconds > 1 ? largeChunkTries : smallChunkTries)) {
      this.#size.rejected(bytes);
      progress.rateTries = 0;
      seconds /= 2;
    }
    const afterMs = outcome.afterMs ?? Math.min(Math.ceil(seconds * 1000), maxWaitMs);
    const obstacle = { reason: "rate_limited", detail: outcome.detail, afterMs } as const;
    if (outcome.scope === "tenant") attempt.end(obstacle);
    else attempt.blockStream(obstacle);
    return false;
  }
}

interface PushedChunk {
  readonly stream: string;
  readonly group: readonly LogEntry[];
  /** The pushed part of the group. */
  readonly chunk: readonly LogEntry[];
  readonly progress: StreamProgress;
  readonly attempt: DeliveryAttempt;
}

function refuse({ group, chunk, progress }: PushedChunk, reason: EntryDropReason, detail: string): true {
  if (progress.detail === "") progress.detail = detail;
  progress.settle(group, chunk.length, new Map([[reason, chunk.length]]));
  return true;
}

const bytesOf = (entries: readonly LogEntry[]): number => entries.reduce((sum, { bytes }) => sum + bytes, 0);

const failureReasons: Readonly<Record<string, RetryReason>> = {
  timeout: "timeout",
  aborted: "timeout",
  credentials: "unauthorized",
};

/** Room for errors about some ten thousand entries; the rest of a longer response is ignored. */
const maxAnswerBytes = 4 * 1024 * 1024;

/** More than any configuration allows streams. */
const maxUncreatable = 10_000;

const maxLimitTries = 3;
const largeChunkTries = 2;
const smallChunkTries = 5;
const maxSingleEntryTries = 8;
/** Longest wait by our own estimate: past it halving the chunk is faster. */
const maxWaitMs = 2000;
