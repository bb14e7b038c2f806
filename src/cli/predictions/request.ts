/** The common part of commands that read the prediction log: where the log is, and the filter for records. */
import { loadConfig } from "../../config/load.ts";
import type { FlagValue } from "../../config/layers/flag-layer.ts";
import type { Mistake } from "../../config/mistake.ts";
import { nearestName } from "../../text/nearest-name.ts";
import type { Config } from "../../config/table/table.ts";
import { outcomes } from "../../outcome.ts";
import { flagText, type CommandContext, type Invocation } from "../program/command.ts";
import { listFlag, usageError } from "../program/flag-values.ts";
import { FileSource } from "./file-source.ts";
import type { RecordNotes } from "./notes.ts";
import type { RecordFilter, RecordSource } from "./source.ts";
import { recordMoment } from "./time.ts";

/** Where records are read from: files in a folder, or Loki. */
export type RecordPlace =
  | { readonly kind: "files"; readonly directory: string }
  | { readonly kind: "loki"; readonly settings: Config["loki"] };

/** The configuration and the place, or every mistake of the configuration. */
export type PlaceResult =
  | { readonly kind: "found"; readonly place: RecordPlace; readonly config: Config }
  | { readonly kind: "mistakes"; readonly mistakes: readonly Mistake[] };

/** Flags that set a configuration field, and the flag of that field. Other flags of these commands do not set fields. */
const flagsOfFields: ReadonlyMap<string, string> = new Map([
  ["--directory", "--predictions-directory"],
  ["--loki", "--loki-url"],
  ["--loki-tenant", "--loki-tenant"],
  ["--loki-token-file", "--loki-token-file"],
  ["--protocol", "--protocol"],
]);

/** Reads `placeFlags` and the configuration. Fails with `usage`. */
export async function readPlace(invocation: Invocation, context: CommandContext): Promise<PlaceResult> {
  const directory = flagText(invocation, "--directory");
  const loki = flagText(invocation, "--loki");
  if (directory !== undefined && loki !== undefined) {
    throw usageError("--directory and --loki exclude each other");
  }
  const result = await loadConfig({
    file: flagText(invocation, "--config"),
    environment: context.environment,
    flags: invocation.flags.flatMap(fieldFlags),
    isUpstreamRequired: false,
  });
  if (result.kind === "mistakes") return result;
  const { config } = result.loaded;
  return { kind: "found", config, place: placeOf(config, directory !== undefined, loki !== undefined) };
}

function fieldFlags({ flag, text }: FlagValue): readonly FlagValue[] {
  const field = flagsOfFields.get(flag);
  return field === undefined ? [] : [{ flag: field, text }];
}

/** Files are preferred when there are both: they are faster to read, and complete. */
function placeOf({ predictions, loki }: Config, wantsFiles: boolean, wantsLoki: boolean): RecordPlace {
  const isLoki = wantsLoki || (!wantsFiles && loki.url !== "" && !predictions.sinks.includes("file"));
  return isLoki ? { kind: "loki", settings: loki } : { kind: "files", directory: predictions.directory };
}

/** Opens the log. Problems of its lines are added to `notes`. */
export async function openRecords(place: RecordPlace, notes: RecordNotes): Promise<RecordSource> {
  if (place.kind === "files") return new FileSource({ directory: place.directory, notes });
  const { openLokiSource } = await import("./loki-source.ts");
  return openLokiSource(place.settings, notes);
}

/** The filter from `filterFlags`; absent flags select all. Throws a `usage` error for a wrong time or an empty range. */
export function readFilter(invocation: Invocation, nowMs: number): RecordFilter {
  const [since = "", until = ""] = (["--since", "--until"] as const).map((flag) => {
    const text = flagText(invocation, flag);
    return text === undefined ? "" : recordMoment(text, flag, nowMs);
  });
  if (since !== "" && until !== "" && since >= until) {
    throw usageError("--since must be before --until");
  }
  return {
    model: flagText(invocation, "--model"),
    variant: flagText(invocation, "--variant"),
    outcomes: readOutcomes(invocation),
    id: flagText(invocation, "--id"),
    since,
    until,
  };
}

function readOutcomes(invocation: Invocation): ReadonlySet<string> {
  const words = listFlag(invocation, "--outcome").map((word) => word.trim());
  for (const word of words) {
    if (outcomes.some((outcome) => outcome === word)) continue;
    const nearest = nearestName(word, outcomes);
    const hint = nearest === undefined ? `one of ${outcomes.join(", ")} is expected` : `did you mean ${nearest}?`;
    throw usageError(`--outcome ${word}: there is no such outcome; ${hint}`);
  }
  return new Set(words);
}
