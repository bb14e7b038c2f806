/** The fixed lists of words that a field may choose from. */
import { protocols, type Protocol } from "../inference/protocol.ts";

const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

const logFormats = ["auto", "json", "human"] as const;

/** Name of a list of choices. */
export type ChoiceList = "protocol" | "log_level" | "log_format";

interface Choices {
  readonly protocol: readonly ("auto" | Protocol)[];
  readonly log_level: readonly (typeof logLevels)[number][];
  readonly log_format: readonly (typeof logFormats)[number][];
}

/** One word of a list. */
export type Choice<List extends ChoiceList> = Choices[List][number];

/** The words of each list, in the order in which they are shown. */
export const choices: Choices = {
  protocol: ["auto", ...protocols],
  log_level: logLevels,
  log_format: logFormats,
};
