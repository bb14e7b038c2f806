import type { FlagSpec } from "./command.ts";

/** For commands whose answer a program may want. */
export const jsonFlag: FlagSpec = { name: "--json", doc: "Print one JSON value instead of text." };
