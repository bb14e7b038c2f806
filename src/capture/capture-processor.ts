/** Reads the decoded bodies of one exchange and gives what was found to the sinks; counts what came of each body. */
import type { BodySide, ExchangeContent, ContentConsumer } from "../payload/exchange-content.ts";
import type { BodyReader, ReadResult, RequestContent, ResponseContent } from "../payload/body-content.ts";
import type { ReadingCounters } from "../metrics/predictions/reading-counters.ts";
import type { ExchangeLog, LoggedSide } from "../prediction-log/exchange-log.ts";
import type { Decoded } from "./content-decoding.ts";
import type { WaitingExchange } from "./capture-queue.ts";

/** The two bodies of an exchange without their codings. */
export type DecodedBodies = Readonly<Record<BodySide, Decoded>>;

/** A reader, and whether bodies know the model better than paths do. */
export interface ServedReader {
  readonly reader: BodyReader;
  /** True where the protocol names the model in the body (OpenAI). */
  readonly prefersBodyModel: boolean;
}

/** What an {@link ExchangeReader} works with. */
export interface ExchangeReaderParts {
  readonly sinks: readonly ContentConsumer[];
  readonly log: ExchangeLog | undefined;
  readonly counters: ReadingCounters;
}

/** Reads and gives; neither readers nor sinks that throw get past it. */
export class ExchangeReader {
  readonly #served: ServedReader;
  readonly #sinks: readonly ContentConsumer[];
  readonly #log: ExchangeLog | undefined;
  readonly #counters: ReadingCounters;

  constructor(served: ServedReader, { sinks, log, counters }: ExchangeReaderParts) {
    this.#served = served;
    this.#sinks = sinks;
    this.#log = log;
    this.#counters = counters;
  }

  /** Reads both bodies. The sinks are called when at least one of them gave something, the log when it is logged. */
  read(waiting: WaitingExchange, bodies: DecodedBodies): void {
    const { reader } = this.#served;
    const { target, plan, request, response } = waiting;
    const asked = this.#readSide(bodies.request, (bytes) =>
      reader.readRequest({ bytes, contentType: request.contentType, target }),
    );
    const answered = plan.isAnswered
      ? this.#readSide(bodies.response, (bytes) =>
          reader.readResponse({ bytes, contentType: response.contentType, target }),
        )
      : undefined;
    this.#counters.doneTotal++;
    if (plan.isCounted && answered !== undefined) this.#countBoth(waiting, asked, answered);
    else this.#counters.loggedOnlyTotal++;
    if (plan.draft !== undefined) {
      const logged = {
        request: sideOf(bodies.request, request.contentType, asked),
        response: sideOf(bodies.response, response.contentType, answered),
      };
      this.#log?.finish(plan.draft, { ...this.#served, ...logged, target });
    }
  }

  #readSide<Value>(body: Decoded, read: (bytes: Uint8Array) => ReadResult<Value>): ReadResult<Value> {
    return body.kind === "unread" ? body : this.#attempt(body.bytes, read);
  }

  #countBoth(waiting: WaitingExchange, asked: ReadResult<RequestContent>, answered: ReadResult<ResponseContent>): void {
    this.#count("request", asked);
    this.#count("response", answered);
    if (asked.kind === "read" || answered.kind === "read") this.#give(waiting, valueOf(asked), valueOf(answered));
  }

  #count(side: BodySide, result: ReadResult<unknown>): void {
    if (result.kind === "unread") this.#counters.unread[side][result.reason]++;
    else this.#counters.read[side]++;
  }

  #attempt<Value>(bytes: Uint8Array, read: (bytes: Uint8Array) => ReadResult<Value>): ReadResult<Value> {
    this.#counters.readBytesTotal += bytes.length;
    try {
      return read(bytes);
    } catch {
      return { kind: "unread", reason: "failed" };
    }
  }

  #give(waiting: WaitingExchange, request: RequestContent | undefined, response: ResponseContent | undefined): void {
    const { variant, plan, labelId, atMs } = waiting;
    const reading: ExchangeContent = {
      model: this.#modelOf(waiting, request?.model || response?.model || ""),
      version: waiting.routeVersion || request?.version || response?.version || "",
      variant,
      requestId: plan.requestId,
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

const valueOf = <Value>(result: ReadResult<Value>): Value | undefined =>
  result.kind === "read" ? result.value : undefined;

const sideOf = <Reading>(
  content: Decoded,
  contentType: string,
  reading: ReadResult<Reading> | undefined,
): LoggedSide<Reading> => ({ content, contentType, reading });
