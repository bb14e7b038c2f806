/** Whether a terminal shall show colours. */
import type { Environment } from "../../config/layers/environment-layer.ts";

/** True on a terminal unless `NO_COLOR` is set to anything or the terminal is `dumb`. */
export function isColoured(isTerminal: boolean, environment: Environment): boolean {
  return isTerminal && (environment["NO_COLOR"] ?? "") === "" && environment["TERM"] !== "dumb";
}
