/** Pushes the entries of one stream, piece by piece, until they are over with or something holds them up. */
import { systemClock, type Clock } from "../../clock.ts";
import type { EntryDropReason, RetryReason } from "../../prediction-log/destination.ts";
import type { LogEntry } from "../../prediction-log/log-entry.ts";
import type { DeliveryAttempt } from "./delivery-attempt.ts";
import { lokiUrl, tenantHeaders, type LokiAddress, type LokiHttp } from "../loki-http.ts";
import { PieceSize } from "./chunk-size.ts";
import { readPushAnswer, type PushOutcome } from "./push-answer.ts";
import { compressPush, pushText } from "./push-body.ts";
import { StreamProgress } from "./stream-progress.ts";

/** What it is made with. */
export interface StreamPusherOptions extends LokiAddress {
  readonly http: LokiHttp;
  /** For dates in `Retry-After`; the machine's when it is left out. */
  readonly clock?: Clock;
}

/** Keeps what is known of Loki's limits, and of the streams of a batch that is not done yet. */
export class StreamPusher {
  readonly #options: StreamPusherOptions;
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #size: PieceSize = new PieceSize();
  readonly #progress: Map<string, StreamProgress> = new Map();
  /** Streams that Loki refused to make as often as it is tried. */
  readonly #full: Set<string> = new Set();

  constructor(options: StreamPusherOptions) {
    this.#options = options;
    this.#url = lokiUrl(options, "/loki/api/v1/push");
    this.#headers = {
      "content-type": "application/json",
      "content-encoding": "gzip",
      ...tenantHeaders(options),
    };
  }

  /** Pushes what is not settled of `group`, all entries of `stream` in a batch. Never rejects; what holds it up is told to `attempt`. */
  async push(stream: string, group: readonly LogEntry[], attempt: DeliveryAttempt): Promise<StreamProgress> {
    const progress = this.#progress.get(stream) ?? new StreamProgress();
    this.#progress.set(stream, progress);
    progress.resume(group);
    while (progress.settled < group.length && !attempt.isOver) {
      const piece = this.#size.pieceOf(group, progress.settled);
      const outcome = await this.#post(piece, attempt.signal);
      if (!this.#goesOn({ stream, group, piece, progress, attempt }, outcome)) break;
    }
    return progress;
  }

  /** The batch is done: what was remembered of its streams is of no use any more. */
  forget(): void {
    this.#progress.clear();
    if (this.#full.size > maxFullStreams) this.#full.clear();
  }

  async #post(piece: readonly LogEntry[], signal: AbortSignal): Promise<PushOutcome> {
    const { http, clock = systemClock } = this.#options;
    try {
      const body = await compressPush(pushText(piece));
      const answer = await http.post(this.#url, { body, headers: this.#headers, signal }, maxAnswerBytes);
      return readPushAnswer(answer, { entries: piece.length, nowMs: clock.wallMs() });
    } catch (error) {
      const { code = "", message } = error as { readonly code?: string; readonly message: string };
      return { kind: "later", reason: failureReasons[code] ?? "connection", detail: message.slice(0, 200) };
    }
  }

  /** Notes what became of a piece. False when the stream is held up. */
  #goesOn(push: PushedPiece, outcome: PushOutcome): boolean {
    const { stream, group, piece, progress, attempt } = push;
    switch (outcome.kind) {
      case "settled":
        this.#full.delete(stream);
        this.#size.passed();
        if (outcome.refused.size > 0 && progress.detail === "") progress.detail = outcome.detail;
        progress.settle(group, piece.length, outcome.refused);
        return true;
      case "too_large":
        if (piece.length === 1) return refuse(push, "too_large", outcome.detail);
        this.#size.tooMuch(bytesOf(piece));
        return true;
      case "stream_limit":
        if (++progress.limitTries >= maxLimitTries || this.#full.has(stream)) {
          this.#full.add(stream);
          return refuse({ ...push, piece: group.slice(progress.settled) }, "too_many_streams", outcome.detail);
        }
        attempt.hold({ ...outcome, reason: "rate_limited" });
        return false;
      case "rate_limited":
        return this.#slowDown(push, outcome);
      default:
        attempt.end(outcome);
        return false;
    }
  }

  /**
   * A rate is waited out. Only what was refused often, or what takes more than a second of the rate and was refused twice,
   * is more than may ever come at once and is tried in halves; a single entry of this kind is given up in the end.
   */
  #slowDown(push: PushedPiece, outcome: PushOutcome & { readonly kind: "rate_limited" }): boolean {
    const { piece, progress, attempt } = push;
    const bytes = bytesOf(piece);
    let seconds = outcome.bytesPerSecond > 0 ? bytes / outcome.bytesPerSecond : 0;
    progress.rateTries++;
    if (piece.length === 1) {
      if (seconds > 1 && progress.rateTries >= maxSingleTries) return refuse(push, "too_large", outcome.detail);
    } else if (progress.rateTries >= (seconds > 1 ? triesOfMuch : triesOfLittle)) {
      this.#size.tooMuch(bytes);
      progress.rateTries = 0;
      seconds /= 2;
    }
    const afterMs = outcome.afterMs ?? Math.min(Math.ceil(seconds * 1000), maxWaitMs);
    const obstacle = { reason: "rate_limited", detail: outcome.detail, afterMs } as const;
    if (outcome.scope === "tenant") attempt.end(obstacle);
    else attempt.hold(obstacle);
    return false;
  }
}

interface PushedPiece {
  readonly stream: string;
  readonly group: readonly LogEntry[];
  /** The part of the group that was pushed. */
  readonly piece: readonly LogEntry[];
  readonly progress: StreamProgress;
  readonly attempt: DeliveryAttempt;
}

function refuse({ group, piece, progress }: PushedPiece, reason: EntryDropReason, detail: string): true {
  if (progress.detail === "") progress.detail = detail;
  progress.settle(group, piece.length, new Map([[reason, piece.length]]));
  return true;
}

const bytesOf = (entries: readonly LogEntry[]): number => entries.reduce((sum, { bytes }) => sum + bytes, 0);

const failureReasons: Readonly<Record<string, RetryReason>> = {
  timeout: "timeout",
  aborted: "timeout",
  credentials: "unauthorized",
};

/** Room for a text about each of some ten thousand entries; what is beyond is not counted. */
const maxAnswerBytes = 4 * 1024 * 1024;

/** More streams than any configuration allows. */
const maxFullStreams = 10_000;

const maxLimitTries = 3;
const triesOfMuch = 2;
const triesOfLittle = 5;
const maxSingleTries = 8;
/** What is reckoned to take longer is more than should be waited for: it comes through in halves sooner. */
const maxWaitMs = 2000;
