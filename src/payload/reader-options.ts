import type { ReaderLimits } from "./body-content.ts";

/**
 * Options of a reader. The paths are JSON Pointers with `*` for every element (see {@link compilePointer}); the values at
 * a path replace those that the protocol's reader would find.
 */
export interface ReaderOptions {
  readonly limits: ReaderLimits;
  /** Paths to the features in a request: one to rows, or one to each column. */
  readonly features?: readonly string[];
  /** Path to the prediction in a response, or to the predictions. */
  readonly prediction?: string;
  /** Path to the confidence of the model, or to the probabilities of all classes. */
  readonly score?: string;
  /** Path to the identities that labels will use, in requests and in responses. */
  readonly id?: string;
}
