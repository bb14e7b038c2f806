/** The port of a serving protocol. Its folder declares all of this, so that no other code has to know it by name. */
import type { BodyReader } from "../payload/body-content.ts";
import type { ReaderOptions } from "../payload/reader-options.ts";
import type { ServerRoutes } from "../routing/server-routes.ts";
import type { DetectionRule } from "./detection-rule.ts";
import type { ErrorRenderer } from "./error-body.ts";
import type { ReadinessRule } from "./readiness-rule.ts";

/** Which part of a request names the model. With `body` the path never does, so bodies are read for labels. */
export type ModelSource = "path" | "body";

/** Makes the reader of a protocol's bodies. Throws a RangeError when a path of the options is malformed. */
export type ReaderFactory = (options: ReaderOptions) => BodyReader;

/** One serving protocol. All parts are pure and throw for nothing that a client or a server can send. */
export interface ProtocolDefinition {
  readonly routes: ServerRoutes;
  readonly modelIn: ModelSource;
  readonly readiness: ReadinessRule;
  readonly detection: DetectionRule;
  /** Renders an error as the model server itself would, so that clients need not know about Outrider. */
  readonly renderError: ErrorRenderer;
  /** Loads the code of the reader, which a sidecar that reads no bodies never loads. */
  loadReader(this: void): Promise<ReaderFactory>;
}
