/** The fixed lists of words that a field may choose from. */
import { alwaysLogged } from "../../prediction-log/sampler/log-sampler.ts";
import { sinkNames, type SinkName } from "../../prediction-log/destination.ts";
import { redactionActions, type RedactionAction } from "../../redaction/redaction-rule.ts";
import { streamLabelFields, streamMetadataFields } from "../../prediction-log/stream-fields.ts";
import { textPatternNames } from "../../redaction/text-patterns.ts";
import { protocols, type Protocol } from "../../protocols/list.ts";

const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

const logFormats = ["auto", "json", "human"] as const;

const fsyncPolicies = ["interval", "always", "never"] as const;

/** Name of a list in {@link choices}. */
export type ChoiceList = keyof Choices;

interface Choices {
  readonly protocol: readonly ("auto" | Protocol)[];
  readonly log_level: readonly (typeof logLevels)[number][];
  readonly log_format: readonly (typeof logFormats)[number][];
  readonly prediction_sinks: readonly SinkName[];
  readonly always_kept: typeof alwaysLogged;
  readonly redaction_patterns: typeof textPatternNames;
  readonly pattern_action: readonly RedactionAction[];
  readonly stream_labels: typeof streamLabelFields;
  readonly stream_metadata: typeof streamMetadataFields;
  readonly fsync_policy: readonly (typeof fsyncPolicies)[number][];
}

/** One word of a list; the type of a `choice` field. */
export type Choice<List extends ChoiceList> = Choices[List][number];

/** The words of each list, in the order of messages and the reference. */
export const choices: Choices = {
  protocol: ["auto", ...protocols],
  log_level: logLevels,
  log_format: logFormats,
  prediction_sinks: sinkNames,
  always_kept: alwaysLogged,
  redaction_patterns: textPatternNames,
  pattern_action: redactionActions,
  stream_labels: streamLabelFields,
  stream_metadata: streamMetadataFields,
  fsync_policy: fsyncPolicies,
};
