import type { ReaderLimits } from "./reading.ts";

/**
 * How a reader is set up. The paths are JSON Pointers in which `*` stands for every element (see {@link compilePointer});
 * what a path names replaces what the protocol's reader would find.
 */
export interface ReaderOptions {
  readonly limits: ReaderLimits;
  /** Where features are in a request: rows, or a column a path. */
  readonly features?: readonly string[];
  /** Where the prediction is in a response, or the predictions. */
  readonly prediction?: string;
  /** Where it says how sure the model is, or the probabilities of all classes. */
  readonly score?: string;
  /** Where the identities are that labels will use, in requests and in responses. */
  readonly id?: string;
}
