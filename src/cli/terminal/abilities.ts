/** What a terminal can show. */
import type { Environment } from "../../config/layers/environment-layer.ts";

/** True on a terminal unless `NO_COLOR` is set to anything or the terminal is `dumb`. */
export function isColoured(isTerminal: boolean, environment: Environment): boolean {
  return isTerminal && (environment["NO_COLOR"] ?? "") === "" && environment["TERM"] !== "dumb";
}

/** True when the locale's characters are UTF-8, so that block characters can be shown. */
export function isUtf8(environment: Environment): boolean {
  const names = ["LC_ALL", "LC_CTYPE", "LANG"].map((name) => environment[name] ?? "");
  return /utf-?8/i.test(names.find((name) => name !== "") ?? "");
}
