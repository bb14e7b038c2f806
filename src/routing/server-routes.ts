import type { RouteKind } from "../exchange.ts";

/** One path that a model server opens to clients. `GET` rows open `HEAD` as well. */
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

/** Routes of a server whose paths are known. What is not in `open` is denied unless the user allows it. */
export interface ListedRoutes {
  readonly kind: "listed";
  readonly open: readonly RouteRow[];
  readonly closed: readonly PrivateRow[];
  /** The server itself compares paths without regard to letter case. */
  readonly ignoreCase: boolean;
  /** A `:` ends a model name, as in `/v1/models/{model}:predict`. */
  readonly colonEndsNames: boolean;
  /**
   * `OPTIONS` passes for open paths, because the server answers browsers' preflight requests and reveals nothing else.
   * False where its answer reveals more, or where it answers no preflight request.
   */
  readonly hasPreflight: boolean;
}

/** Routes of a server whose paths are not known: the user's rules decide alone. */
export interface UnlistedRoutes {
  readonly kind: "unlisted";
}

/** The paths of one model server that are open to clients, before the user's rules. */
export type ServerRoutes = ListedRoutes | UnlistedRoutes;
