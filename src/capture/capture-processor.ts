/** Parses the decoded bodies of one exchange, passes the result to every consumer, and counts each body by result. */
import {
  exchangeModel,
  type BodySide,
  type ExchangeContent,
  type ContentConsumer,
} from "../payload/exchange-content.ts";
import type { BodyReader, ReadResult, RequestContent, ResponseContent } from "../payload/body-content.ts";
import type { CaptureCounters } from "../metrics/predictions/capture-counters.ts";
import type { ExchangeLog, LoggedSide } from "../prediction-log/exchange-log.ts";
import type { Decoded } from "./content-decoding.ts";
import type { QueuedExchange } from "./capture-queue.ts";

/** The two bodies of an exchange without their codings. */
export type DecodedBodies = Readonly<Record<BodySide, Decoded>>;

/** The parser of the serving protocol, and where that protocol names the model. */
export interface ServedReader {
  readonly reader: BodyReader;
  /** True where the protocol names the model in the body (OpenAI). */
  readonly prefersBodyModel: boolean;
}

/** Parts of a {@link CaptureProcessor}. */
export interface CaptureProcessorParts {
  readonly consumers: readonly ContentConsumer[];
  readonly log: ExchangeLog | undefined;
  readonly counters: CaptureCounters;
}

/** One item, many consumers. An error in a parser or a consumer is caught and counted; the other consumers still run. */
export class CaptureProcessor {
  readonly #served: ServedReader;
  readonly #consumers: readonly ContentConsumer[];
  readonly #log: ExchangeLog | undefined;
  readonly #counters: CaptureCounters;

  constructor(served: ServedReader, { consumers, log, counters }: CaptureProcessorParts) {
    this.#served = served;
    this.#consumers = consumers;
    this.#log = log;
    this.#counters = counters;
  }

  /** Parses both bodies. Consumers run when at least one body could be parsed; the log gets every exchange that it selected. */
  process(queued: QueuedExchange, bodies: DecodedBodies): void {
    const { reader } = this.#served;
    const { target, plan, request, response } = queued;
    const asked = this.#parseSide(bodies.request, (bytes) =>
      reader.readRequest({ bytes, contentType: request.contentType, target }),
    );
    const answered = plan.isAnswered
      ? this.#parseSide(bodies.response, (bytes) =>
          reader.readResponse({ bytes, contentType: response.contentType, target }),
        )
      : undefined;
    this.#counters.doneTotal++;
    if (plan.isCounted && answered !== undefined) this.#countAndDeliver(queued, asked, answered);
    else this.#counters.loggedOnlyTotal++;
    if (plan.draft !== undefined) {
      const logged = {
        request: sideOf(bodies.request, request.contentType, asked),
        response: sideOf(bodies.response, response.contentType, answered),
      };
      this.#log?.finish(plan.draft, { ...this.#served, ...logged, target });
    }
  }

  #parseSide<Value>(body: Decoded, parse: (bytes: Uint8Array) => ReadResult<Value>): ReadResult<Value> {
    return body.kind === "unread" ? body : this.#parse(body.bytes, parse);
  }

  #countAndDeliver(
    queued: QueuedExchange,
    asked: ReadResult<RequestContent>,
    answered: ReadResult<ResponseContent>,
  ): void {
    this.#count("request", asked);
    this.#count("response", answered);
    if (asked.kind === "read" || answered.kind === "read") this.#deliver(queued, valueOf(asked), valueOf(answered));
  }

  #count(side: BodySide, result: ReadResult<unknown>): void {
    if (result.kind === "unread") this.#counters.unread[side][result.reason]++;
    else this.#counters.read[side]++;
  }

  #parse<Value>(bytes: Uint8Array, parse: (bytes: Uint8Array) => ReadResult<Value>): ReadResult<Value> {
    this.#counters.readBytesTotal += bytes.length;
    try {
      return parse(bytes);
    } catch {
      return { kind: "unread", reason: "failed" };
    }
  }

  #deliver(queued: QueuedExchange, request: RequestContent | undefined, response: ResponseContent | undefined): void {
    const { variant, plan, labelId, atMs } = queued;
    const content: ExchangeContent = {
      model: exchangeModel(queued.routeModel, request?.model || response?.model || "", this.#served.prefersBodyModel),
      version: queued.routeVersion || request?.version || response?.version || "",
      variant,
      requestId: plan.requestId,
      labelId,
      atMs,
      request,
      response,
    };
    for (const consumer of this.#consumers) {
      try {
        consumer.count(content);
      } catch {
        this.#counters.sinkFailuresTotal++;
      }
    }
  }
}

const valueOf = <Value>(result: ReadResult<Value>): Value | undefined =>
  result.kind === "read" ? result.value : undefined;

const sideOf = <Content>(
  content: Decoded,
  contentType: string,
  result: ReadResult<Content> | undefined,
): LoggedSide<Content> => ({ content, contentType, result });
