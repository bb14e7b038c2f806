/** Captured exchanges that wait to be read: first in, first out, bounded in bytes. */
import type { CapturedBody, Exchange } from "../exchange.ts";
import type { ReadingCounters } from "../metrics/predictions/reading-counters.ts";
import type { RecordDraft } from "../prediction-log/record-draft.ts";
import { ByteRing } from "./byte-ring.ts";

/** What is known of a body that waits. */
export interface WaitingBody {
  readonly contentType: string;
  readonly contentEncoding: string;
  /** False when the body was longer than the tap kept: then none of its bytes are here. */
  readonly isComplete: boolean;
  /** Where its bytes are, see {@link ReadingQueue.bytesOf}. */
  readonly start: number;
  readonly end: number;
}

/** What is to be done with an exchange that waits. */
export interface WaitingPlan {
  /** True when the sinks are to count it. */
  readonly isCounted: boolean;
  /** True when its answer is one to a request that went well, and whole: only such answers are read. */
  readonly isAnswered: boolean;
  /** The request's identity; empty when nobody needs it. */
  readonly requestId: string;
  /** There when it is logged. */
  readonly draft: RecordDraft | undefined;
}

/** An exchange that waits. */
export interface WaitingExchange {
  readonly routeModel: string;
  readonly routeVersion: string;
  readonly variant: string;
  readonly target: string;
  readonly labelId: string;
  readonly atMs: number;
  readonly request: WaitingBody;
  readonly response: WaitingBody;
  readonly plan: WaitingPlan;
  readonly bytes: number;
  /** Where the run of its bytes ends in the ring. */
  readonly ringEnd: number;
  next: WaitingExchange | undefined;
}

/** What is reckoned for the record of an exchange beside its bytes and its texts. */
const recordBytes = 512;

/**
 * The queue. Adding costs two copies of bytes and three small objects, about 0.1 µs for bodies of 1 KB; the bound holds
 * for bytes, texts and records together.
 */
export class ReadingQueue {
  readonly #maxBytes: number;
  readonly #ring: ByteRing;
  readonly #counters: ReadingCounters;
  #first: WaitingExchange | undefined;
  #last: WaitingExchange | undefined;
  #recordBytes = 0;

  constructor(maxBytes: number, counters: ReadingCounters) {
    this.#maxBytes = maxBytes;
    this.#ring = new ByteRing(maxBytes);
    this.#counters = counters;
  }

  /** The one that waits longest. */
  get first(): WaitingExchange | undefined {
    return this.#first;
  }

  /** Copies what reading needs of an exchange; false when there is no room. */
  add(exchange: Exchange, plan: WaitingPlan): boolean {
    const { requestBody, responseBody, route } = exchange;
    const requestBytes = keptBytes(requestBody);
    const responseBytes = keptBytes(responseBody);
    // One that is only logged may have no bytes at all, and a run has at least one.
    const length = Math.max(requestBytes + responseBytes, 1);
    const bytes = recordBytes + textBytes(exchange, requestBody, responseBody, plan);
    const start = this.#ring.take(length, this.#maxBytes - this.#recordBytes - bytes);
    if (start === -1) return false;
    this.#recordBytes += bytes;
    this.#append({
      routeModel: route.model,
      routeVersion: route.version,
      variant: exchange.variant,
      target: exchange.target,
      labelId: exchange.labelId,
      atMs: exchange.startedAtMs + exchange.durationMs,
      request: this.#keep(requestBody, start, requestBytes),
      response: this.#keep(responseBody, start + requestBytes, responseBytes),
      plan,
      bytes,
      ringEnd: start + length,
      next: undefined,
    });
    return true;
  }

  /** The bytes of a body of {@link first}, good until it is removed. */
  bytesOf({ start, end }: WaitingBody): Uint8Array<ArrayBuffer> {
    return this.#ring.view(start, end);
  }

  /** Removes {@link first}. */
  removeFirst(): void {
    const first = this.#first;
    if (first === undefined) return;
    this.#first = first.next;
    if (this.#first === undefined) this.#last = undefined;
    // A dead record that has become old would keep all that came after it from the quick collection.
    first.next = undefined;
    this.#recordBytes -= first.bytes;
    this.#ring.giveBack(first.ringEnd);
    this.#counters.queuedExchanges--;
    this.#tell();
  }

  #append(waiting: WaitingExchange): void {
    if (this.#last === undefined) this.#first = waiting;
    else this.#last.next = waiting;
    this.#last = waiting;
    this.#counters.queuedExchanges++;
    this.#tell();
  }

  #keep(body: CapturedBody | undefined, start: number, length: number): WaitingBody {
    if (body !== undefined && length > 0) this.#ring.write(body.bytes, start);
    return {
      contentType: body?.contentType ?? "",
      contentEncoding: body?.contentEncoding ?? "",
      isComplete: body?.complete ?? true,
      start,
      end: start + length,
    };
  }

  #tell(): void {
    this.#counters.queuedBytes = this.#ring.used + this.#recordBytes;
  }
}

const headersBytes = ({ headers }: RecordDraft): number => {
  let bytes = 0;
  for (const name in headers) bytes += name.length + (headers[name]?.length ?? 0);
  return bytes;
};

/** What is reckoned for a draft beside its headers; its texts are cut off by the limits of a request head. */
const draftBytes = 1024;

/** How many bytes of a body are worth keeping: the beginning of a body that was cut off says nothing. */
export const keptBytes = (body: CapturedBody | undefined): number =>
  body !== undefined && body.complete ? body.bytes.length : 0;

/** Texts that clients choose the length of. */
const textBytes = (
  { target, labelId }: Exchange,
  request: CapturedBody | undefined,
  response: CapturedBody | undefined,
  { requestId, draft }: WaitingPlan,
): number =>
  target.length +
  labelId.length +
  requestId.length +
  headerBytes(request) +
  headerBytes(response) +
  (draft === undefined ? 0 : draftBytes + headersBytes(draft));

const headerBytes = (body: CapturedBody | undefined): number =>
  body === undefined ? 0 : body.contentType.length + body.contentEncoding.length;
