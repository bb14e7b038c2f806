/** Reads the decoded bodies of one exchange and gives what was found to the sinks; counts what came of each body. */
import type { BodySide, ExchangeReading, ReadingSink } from "../inference/exchange-reading.ts";
import type { BodyReader, ReadResult, RequestReading, ResponseReading } from "../inference/reading.ts";
import type { ReadingCounters } from "../metrics/reading-counters.ts";
import type { Decoded } from "./content-decoding.ts";
import type { WaitingExchange } from "./reading-queue.ts";

/** The two bodies of an exchange without their codings. */
export type DecodedBodies = Readonly<Record<BodySide, Decoded>>;

/** A reader, and whether bodies know the model better than paths do. */
export interface ServedReader {
  readonly reader: BodyReader;
  /** True where the protocol names the model in the body (OpenAI). */
  readonly prefersBodyModel: boolean;
}

/** Reads and gives; neither readers nor sinks that throw get past it. */
export class ExchangeReader {
  readonly #served: ServedReader;
  readonly #sinks: readonly ReadingSink[];
  readonly #counters: ReadingCounters;

  constructor(served: ServedReader, sinks: readonly ReadingSink[], counters: ReadingCounters) {
    this.#served = served;
    this.#sinks = sinks;
    this.#counters = counters;
  }

  /** Reads both bodies. The sinks are called when at least one of them gave something. */
  read(waiting: WaitingExchange, { request, response }: DecodedBodies): void {
    const { reader } = this.#served;
    const { target } = waiting;
    const asked = this.#readSide("request", request, (bytes) =>
      reader.readRequest({ bytes, contentType: waiting.request.contentType, target }),
    );
    const answered = this.#readSide("response", response, (bytes) =>
      reader.readResponse({ bytes, contentType: waiting.response.contentType, target }),
    );
    this.#counters.doneTotal++;
    if (asked !== undefined || answered !== undefined) this.#give(waiting, asked, answered);
  }

  #readSide<Value>(side: BodySide, body: Decoded, read: (bytes: Uint8Array) => ReadResult<Value>): Value | undefined {
    const result = body.kind === "unread" ? body : this.#attempt(body.bytes, read);
    if (result.kind === "unread") {
      this.#counters.unread[side][result.reason]++;
      return undefined;
    }
    this.#counters.read[side]++;
    return result.value;
  }

  #attempt<Value>(bytes: Uint8Array, read: (bytes: Uint8Array) => ReadResult<Value>): ReadResult<Value> {
    this.#counters.readBytesTotal += bytes.length;
    try {
      return read(bytes);
    } catch {
      return { kind: "unread", reason: "failed" };
    }
  }

  #give(waiting: WaitingExchange, request: RequestReading | undefined, response: ResponseReading | undefined): void {
    const { variant, requestId, labelId, atMs } = waiting;
    const reading: ExchangeReading = {
      model: this.#modelOf(waiting, request?.model || response?.model || ""),
      version: waiting.routeVersion || request?.version || response?.version || "",
      variant,
      requestId,
      labelId,
      atMs,
      request,
      response,
    };
    for (const sink of this.#sinks) {
      try {
        sink.count(reading);
      } catch {
        this.#counters.sinkFailuresTotal++;
      }
    }
  }

  #modelOf({ routeModel }: WaitingExchange, named: string): string {
    return this.#served.prefersBodyModel ? named || routeModel : routeModel || named;
  }
}
