/** The port of the capture to the prediction log: exchanges are chosen when they end, and logged once their bodies are decoded. */
import type { Exchange } from "../exchange.ts";
import type { BodyReader, ReadResult, RequestContent, ResponseContent } from "../payload/body-content.ts";
import type { BodyOmission } from "./prediction-record.ts";
import type { RecordDraft } from "./record-draft.ts";

/** A decoded body, or why there is none. */
export type LoggedContent =
  | { readonly kind: "decoded"; readonly bytes: Uint8Array }
  | { readonly kind: "unread"; readonly reason: BodyOmission };

/** One body of a logged exchange, decoded and read. */
export interface LoggedSide<Content> {
  readonly content: LoggedContent;
  readonly contentType: string;
  /** Result of the protocol's reader; undefined when it did not run, as for responses of failed requests. */
  readonly result: ReadResult<Content> | undefined;
}

/** The bodies of a logged exchange. Valid during the call only. */
export interface LoggedBodies {
  readonly request: LoggedSide<RequestContent>;
  readonly response: LoggedSide<ResponseContent>;
  readonly target: string;
  /** Reads bodies of this protocol. */
  readonly reader: BodyReader;
  /** Whether the model name in the body takes precedence over the one in the path. */
  readonly prefersBodyModel: boolean;
}

/** Logs exchanges. Called on the relay's thread; never throws. */
export interface ExchangeLog {
  /** Called for every exchange when it ends. A draft of the record if it is chosen for the log, else undefined. */
  draft(exchange: Exchange): RecordDraft | undefined;
  /** Called once for each draft: makes the record. `bodies` is undefined when they were not captured. */
  finish(draft: RecordDraft, bodies: LoggedBodies | undefined): void;
}
