import type { Environment } from "../../config/layers/environment-layer.ts";

/** True when the locale says that characters are UTF-8, so that block characters can be shown. */
export function isUtf8(environment: Environment): boolean {
  const names = ["LC_ALL", "LC_CTYPE", "LANG"].map((name) => environment[name] ?? "");
  return /utf-?8/i.test(names.find((name) => name !== "") ?? "");
}
