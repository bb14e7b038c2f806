import type { JsonPointer } from "./json/json-pointer.ts";
import type { ReaderLimits } from "./body-content.ts";

/**
 * How a reader is set up. What a path names replaces what the protocol's
 * reader would find.
 */
export interface ReaderOptions {
  readonly limits: ReaderLimits;
  /** Where features are in a request: rows, or a column a path. */
  readonly features?: readonly JsonPointer[];
  /** Where the prediction is in a response, or the predictions. */
  readonly prediction?: JsonPointer | undefined;
  /** Where it says how sure the model is, or the probabilities of all classes. */
  readonly score?: JsonPointer | undefined;
  /** Where the identities are that labels will use, in requests and in responses. */
  readonly id?: JsonPointer | undefined;
}
