/** The content of the two bodies of one exchange, and the port of its consumers. */
import type { RequestContent, ResponseContent } from "./body-content.ts";

/** The two bodies of an exchange; values of the label `side`. */
export const bodySides = ["request", "response"] as const;

/** See {@link bodySides}. */
export type BodySide = (typeof bodySides)[number];

/**
 * The content of one exchange. Valid during the call only: cells may be views of bytes that are used again, so a consumer
 * that keeps a table or predictions copies them.
 */
export interface ExchangeContent {
  /** As in `Exchange.model`, or else what the bodies name; empty when nothing does. */
  readonly model: string;
  /** Of the route, or else what the bodies name; empty when nothing does. */
  readonly version: string;
  readonly variant: string;
  /** The request's identity; empty unless a consumer {@link ContentConsumer.wantsRequestId}. */
  readonly requestId: string;
  /** See `Exchange.labelId`. */
  readonly labelId: string;
  /** Wall time at which the answer was complete, milliseconds since the epoch. */
  readonly atMs: number;
  /** Undefined when the request's body could not be read. */
  readonly request: RequestContent | undefined;
  /** Undefined when the response's body could not be read. At least one of the two is defined. */
  readonly response: ResponseContent | undefined;
}

/**
 * The model of an exchange, as metrics and the prediction log name it: `pathModel`, or `bodyModel` for protocols that name
 * it in the body. An empty name is replaced by the other one.
 */
export const exchangeModel = (pathModel: string, bodyModel: string, prefersBodyModel: boolean): string =>
  prefersBodyModel ? bodyModel || pathModel : pathModel || bodyModel;

/** A consumer of content, e.g. metrics or drift. It runs on the relay's thread between requests, so it must be quick. */
export interface ContentConsumer {
  /** True when it needs {@link ExchangeContent.requestId}, which costs a string for each exchange. */
  readonly wantsRequestId?: boolean;
  /** Counts the content. A consumer that throws is counted, and the others still get the content. */
  count(content: ExchangeContent): void;
}
