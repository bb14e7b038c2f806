/**
 * The content of the two bodies of an exchange: rows of named features, predictions, token counts. Readers are pure:
 * decoded bytes in, these values out; they never throw for anything that a client can send.
 */

/**
 * One value of a row. `undefined` is a feature that the row does not have, `null` one that it has without a value (also
 * NaN). A `bigint` is an integer past 2^53, so that an identity keeps all its digits.
 */
export type Cell = number | string | boolean | bigint | null | undefined;

/**
 * Names of the columns of a table. Readers return the same object as long as requests name the same columns in the same
 * order, so that consumers may key their own state on its identity.
 */
export interface Columns {
  readonly names: readonly string[];
  /** True when the names are positions: then the n-th column may be compared with the n-th feature of a baseline. */
  readonly isPositional: boolean;
}

/** Rows of features, in one flat list of cells. */
export interface FeatureTable {
  readonly columns: Columns;
  readonly rowCount: number;
  /** Row by row: `rowCount × columns.names.length` cells. A typed array where the body held a tensor. */
  readonly cells: ArrayLike<Cell>;
  /** For each column whether its numbers are rounded to 32 bits. Absent where none is, and where `cells` is a Float32Array. */
  readonly singles?: readonly boolean[];
}

/** The answer of the model: one value for each row. */
export interface Predictions {
  readonly rowCount: number;
  /** Number, class or label of each row; the most likely class where there are only probabilities; `null` without a single value. */
  readonly values: ArrayLike<Cell>;
  /** Names of the columns of `probabilities`; empty when there are none. Positions (`"0"`, `"1"`) when the answer names no classes. */
  readonly classes: readonly string[];
  /** Row by row, `rowCount × classes.length` numbers from 0 to 1; empty when the answer has none. */
  readonly probabilities: ArrayLike<number>;
  /** Confidence of the model in each row's prediction, 0 to 1; empty when the answer has none. */
  readonly confidences: ArrayLike<number>;
}

/** Token counts and finish reasons that a language model reports with one answer. */
export interface TokenUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Of each choice, e.g. `stop`, `length`; empty when none is given. */
  readonly finishReasons: readonly string[];
}

/** The content of a request's body. */
export interface RequestContent {
  /** Nothing when the body holds no table (an image, a chat). */
  readonly features?: FeatureTable;
  /** Model and version that the body names; empty when it names none. */
  readonly model: string;
  readonly version: string;
  /** Identities that labels will use: one for the request or one a row; empty when the configuration names no place for them. */
  readonly ids: readonly string[];
  /** Columns left out because there were more than {@link ReaderLimits.columns}. */
  readonly droppedColumns: number;
}

/** The content of a response's body. */
export interface ResponseContent {
  readonly predictions?: Predictions;
  readonly usage?: TokenUsage;
  readonly model: string;
  readonly version: string;
  readonly ids: readonly string[];
}

/** The reasons why a body was not read; values of the label `reason`. */
export const unreadReasons = [
  "empty",
  "truncated",
  "unsupported_encoding",
  "bad_encoding",
  "decoded_too_large",
  "unsupported_content_type",
  "not_json",
  "not_csv",
  "too_deep",
  "too_many_rows",
  "unknown_shape",
  "bad_tensor",
  "bad_multipart",
  "path_not_found",
  "failed",
] as const;

/** See {@link unreadReasons}. */
export type UnreadReason = (typeof unreadReasons)[number];

/** The value that was read, or the reason why there is none. */
export type ReadResult<Value> =
  | { readonly kind: "read"; readonly value: Value }
  | { readonly kind: "unread"; readonly reason: UnreadReason };

/** A whole body, after its content coding was undone. */
export interface DecodedBody {
  readonly bytes: Uint8Array;
  /** The Content-Type header as it was sent; empty when there was none. */
  readonly contentType: string;
  /** Target of the request, with its query: in some protocols the kind of request is part of it. */
  readonly target: string;
}

/** Bounds on what is read from one body. */
export interface ReaderLimits {
  /** Columns kept; further ones are counted and left out. */
  readonly columns: number;
  /** Rows; a body with more is not read. */
  readonly rows: number;
  /** Nesting of JSON; a deeper body is not read. */
  readonly depth: number;
}

/** The reader of one serving protocol. Neither function throws, and both are bounded in time by the length of the body. */
export interface BodyReader {
  readRequest(body: DecodedBody): ReadResult<RequestContent>;
  readResponse(body: DecodedBody): ReadResult<ResponseContent>;
}
