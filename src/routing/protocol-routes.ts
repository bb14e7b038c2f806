import type { RouteKind } from "../exchange.ts";

/** One path that a serving protocol opens to clients. `GET` rows open `HEAD` as well. */
export interface RouteRow {
  readonly methods: readonly string[];
  /** In the language of path patterns; `{model}` and `{version}` become labels. */
  readonly pattern: string;
  readonly kind: RouteKind;
  /** One sentence for the reference. */
  readonly doc: string;
}

/** One path that stays closed although it may look like an open one, or whose denial deserves its own reason. */
export interface PrivateRow {
  /** Empty for all methods. */
  readonly methods: readonly string[];
  readonly pattern: string;
  /** What the path does, as a clause that fits after "it ". */
  readonly doc: string;
}

/** What a client may ask of one serving protocol. All that is not in `open` is denied unless the user allows it. */
export interface ProtocolRoutes {
  readonly open: readonly RouteRow[];
  readonly closed: readonly PrivateRow[];
  /** The server itself compares paths without regard to letter case. */
  readonly ignoreCase: boolean;
  /** A `:` ends a model name, as in `/v1/models/{model}:predict`. */
  readonly colonEndsNames: boolean;
  /**
   * `OPTIONS` is passed for open paths, because the server answers browsers' preflight requests and tells nothing
   * else. False where the server tells more than that, or nothing at all.
   */
  readonly hasPreflight: boolean;
}
