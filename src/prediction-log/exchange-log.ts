/** The port between the reading of bodies and the log: an exchange is chosen when it ends, and written once its bodies have been read. */
import type { Exchange } from "../exchange.ts";
import type { BodyReader, ReadResult, RequestContent, ResponseContent } from "../payload/body-content.ts";
import type { BodyOmission } from "./prediction-record.ts";
import type { RecordDraft } from "./record-draft.ts";

/** A body without its content coding, or why there is none. */
export type LoggedContent =
  | { readonly kind: "decoded"; readonly bytes: Uint8Array }
  | { readonly kind: "unread"; readonly reason: BodyOmission };

/** One body of an exchange that is logged. */
export interface LoggedSide<Reading> {
  readonly content: LoggedContent;
  readonly contentType: string;
  /** What the protocol's reader found; undefined when it was not asked, as with answers of requests that failed. */
  readonly reading: ReadResult<Reading> | undefined;
}

/** The bodies of an exchange that is logged. Valid during the call only. */
export interface LoggedBodies {
  readonly request: LoggedSide<RequestContent>;
  readonly response: LoggedSide<ResponseContent>;
  readonly target: string;
  /** Reads bodies of this protocol. */
  readonly reader: BodyReader;
  /** True where the protocol names the model in the body. */
  readonly prefersBodyModel: boolean;
}

/** Something that logs exchanges. It is called on the relay's thread and never throws. */
export interface ExchangeLog {
  /** A draft of the record when the exchange is to be logged. Called for every exchange when it ends. */
  draft(exchange: Exchange): RecordDraft | undefined;
  /** Makes the record of a draft, once for each; without bodies when they could not be had. */
  finish(draft: RecordDraft, bodies: LoggedBodies | undefined): void;
}
